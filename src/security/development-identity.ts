import { ConfigurationError } from '../errors.ts';
import { PERMISSIONS } from '../twins/caller.ts';
import type { Authenticate } from '../twins/caller.ts';

/**
 * Takes every caller for one developer who may do everything. It exists so that the server can be tried without an
 * identity provider, and only where nobody else can reach it.
 * @throws {ConfigurationError} in production, and where the server listens to more than this machine.
 */
export function createDevelopmentIdentity(options: {
  readonly tenantId: string;
  readonly isProduction: boolean;
  readonly isLoopback: boolean;
}): Authenticate {
  const problems = [
    ...(options.isProduction ? ['it is refused in production: configure an OIDC issuer'] : []),
    ...(options.isLoopback ? [] : ['it needs a server that listens to a loopback address only']),
  ];
  if (problems.length > 0) {
    throw new ConfigurationError('the development identity is not available', problems);
  }
  const caller = {
    actor: { tenantId: options.tenantId, userId: 'developer' },
    permissions: new Set(PERMISSIONS),
  };
  return () => Promise.resolve({ caller, expiresAt: null });
}
