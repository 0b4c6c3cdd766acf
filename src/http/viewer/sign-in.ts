import { z } from 'zod';
import type { Logger } from '../../logger.ts';

const TIMEOUT_MS = 5000;
/** How long an answer of an authorisation server is good for, and how long to wait after none. */
const REMEMBER_MS = 600_000;
const ASK_AGAIN_MS = 5000;

/** What the page's views need (`schema.graphql` says which permission each field asks for). */
const SCOPE = [
  'openid',
  ...['Patient', 'Observation', 'MedicationAdministration', 'Condition', 'Procedure', 'ImagingStudy'].map(
    (resource) => `user/${resource}.rs`,
  ),
  'user/DiseaseTwin.crus',
  'user/Forecast.c',
].join(' ');

export interface SignInOptions {
  readonly issuer: string;
  /** The page as a public client of the issuer; null where it was not registered. */
  readonly clientId: string | null;
  /** FHIR servers whose EHR may launch the page (SMART App Launch). */
  readonly launchers: readonly string[];
}

interface AuthorisationServer {
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
}

/** What the page is told. */
export interface SignInDescription {
  /** Null: whoever can reach the server is the developer. */
  readonly signIn: null | {
    readonly clientId: string | null;
    readonly scope: string;
    /** Null while it does not answer. */
    readonly issuer: AuthorisationServer | null;
    /** By FHIR base address, without a slash at the end. */
    readonly launchers: Readonly<Record<string, AuthorisationServer>>;
  };
}

export interface SignIn {
  describe(): Promise<SignInDescription>;
  /** Origins that the page must be able to fetch from. */
  origins(): Promise<readonly string[]>;
}

/** Where there is nothing to sign in to. */
export const NO_SIGN_IN: SignIn = {
  describe: () => Promise.resolve({ signIn: null }),
  origins: () => Promise.resolve([]),
};

/**
 * Reads where the authorisation servers are: OpenID Connect Discovery of the issuer, and `smart-configuration` of each
 * FHIR server that may launch the page. No other `iss` is ever asked.
 */
export function createSignIn({ issuer, clientId, launchers }: SignInOptions, logger: Logger): SignIn {
  const addresses = [
    `${withoutSlash(issuer)}/.well-known/openid-configuration`,
    ...launchers.map((base) => `${withoutSlash(base)}/.well-known/smart-configuration`),
  ];
  const discovered = addresses.map((address) => remembered(() => discover(address, logger)));
  const read = async () => {
    const [ofIssuer = null, ...ofLaunchers] = await Promise.all(discovered.map((ask) => ask()));
    return { ofIssuer, ofLaunchers };
  };
  return {
    async describe() {
      const { ofIssuer, ofLaunchers } = await read();
      const known = launchers.flatMap((base, index) => {
        const server = ofLaunchers[index] ?? null;
        return server === null ? [] : [[withoutSlash(base), server] as const];
      });
      return { signIn: { clientId, scope: SCOPE, issuer: ofIssuer, launchers: Object.fromEntries(known) } };
    },
    async origins() {
      const { ofIssuer, ofLaunchers } = await read();
      const servers = [ofIssuer, ...ofLaunchers].filter((server) => server !== null);
      return [...new Set(servers.map(({ tokenEndpoint }) => new URL(tokenEndpoint).origin))];
    },
  };
}

const webUrl = z.url({ protocol: /^https?$/ });
const metadata = z.object({ authorization_endpoint: webUrl, token_endpoint: webUrl });

async function discover(address: string, logger: Logger): Promise<AuthorisationServer | null> {
  try {
    const response = await fetch(address, {
      redirect: 'error',
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const { authorization_endpoint, token_endpoint } = metadata.parse(await response.json());
    return { authorizationEndpoint: authorization_endpoint, tokenEndpoint: token_endpoint };
  } catch (err) {
    logger.warn({ err, address }, 'an authorisation server cannot be discovered');
    return null;
  }
}

/** Asks again when the answer is old, soon where there was none; whoever asks meanwhile shares the question. */
function remembered<T>(ask: () => Promise<T | null>): () => Promise<T | null> {
  let answer: Promise<T | null> | null = null;
  let goodUntil = 0;
  return () => {
    if (answer === null || performance.now() > goodUntil) {
      goodUntil = Infinity;
      answer = ask().then((found) => {
        goodUntil = performance.now() + (found === null ? ASK_AGAIN_MS : REMEMBER_MS);
        return found;
      });
    }
    return answer;
  };
}

const withoutSlash = (address: string): string => address.replace(/\/+$/, '');
