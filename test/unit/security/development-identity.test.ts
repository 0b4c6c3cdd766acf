import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../../src/errors.ts';
import { createDevelopmentIdentity } from '../../../src/security/development-identity.ts';

describe('the development identity', () => {
  it('may do everything in its own hospital on this machine', async () => {
    const authenticate = createDevelopmentIdentity({ tenantId: 'demo', isProduction: false, isLoopback: true });
    const { caller } = await authenticate(null);
    expect(caller?.actor).toEqual({ tenantId: 'demo', userId: 'developer' });
    expect(caller?.permissions.size).toBe(6);
  });

  it.each([
    ['production', { isProduction: true, isLoopback: true }],
    ['a server that others can reach', { isProduction: false, isLoopback: false }],
  ])('does not exist in %s', (_where, options) => {
    expect(() => createDevelopmentIdentity({ tenantId: 'demo', ...options })).toThrow(ConfigurationError);
  });
});
