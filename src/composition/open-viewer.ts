import type { Config } from '../config.ts';
import type { HttpServerDependencies } from '../http/http-server.ts';
import { createSignIn, NO_SIGN_IN } from '../http/viewer/sign-in.ts';
import { createViewer } from '../http/viewer/viewer.ts';
import type { Logger } from '../logger.ts';
import { buildViewerWhenStale } from './viewer-build.ts';

/** The clinician's page; none where it is neither built nor can be. The API is served all the same. */
export async function openViewer(
  { oidc, viewerClientId: clientId, hospitals }: Pick<Config, 'oidc' | 'viewerClientId' | 'hospitals'>,
  logger: Logger,
): Promise<Pick<HttpServerDependencies, 'pages'>> {
  try {
    const directory = await buildViewerWhenStale();
    if (directory === null) {
      logger.warn('the page is not built, and there is no Vite to build it with');
      return {};
    }
    const launchers = (hospitals ?? []).map(({ fhir }) => fhir.baseUrl);
    const signIn = oidc === null ? NO_SIGN_IN : createSignIn({ issuer: oidc.issuer, clientId, launchers }, logger);
    return { pages: await createViewer({ directory, signIn }) };
  } catch (err) {
    logger.error({ err }, 'the page');
    return {};
  }
}
