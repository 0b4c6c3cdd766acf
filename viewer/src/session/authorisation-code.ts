import type { AuthorisationServer } from './session.ts';

/** OAuth 2.0 authorisation code with PKCE (RFC 6749, RFC 7636) for a page without a secret. */

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  readonly tokenEndpoint: string;
  readonly clientId: string;
  /** `Patient.id` that the EHR had open when it launched the page; null otherwise. */
  readonly patientFhirId: string | null;
}

/** What is remembered while the user is away at the authorisation server. */
interface Pending {
  readonly state: string;
  readonly verifier: string;
  readonly tokenEndpoint: string;
  readonly clientId: string;
  readonly returnTo: string;
}

const PENDING = 'sequela.sign-in';
const redirectUri = (): string => `${location.origin}/signed-in`;

/** Leaves the page for the authorisation server. */
export async function askForCode(request: {
  readonly server: AuthorisationServer;
  readonly clientId: string;
  readonly scope: string;
  readonly extra: Readonly<Record<string, string>>;
}): Promise<void> {
  const { server, clientId, scope, extra } = request;
  const verifier = randomText();
  const isPageOfSession = location.pathname === '/launch' || location.pathname === '/signed-in';
  const pending: Pending = {
    state: randomText(),
    verifier,
    tokenEndpoint: server.tokenEndpoint,
    clientId,
    returnTo: isPageOfSession ? '/' : location.pathname + location.search,
  };
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
  const challenge = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  const target = new URL(server.authorizationEndpoint);
  const parameters = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri(),
    scope,
    state: pending.state,
    code_challenge: base64url(new Uint8Array(challenge)),
    code_challenge_method: 'S256',
    ...extra,
  };
  for (const [name, value] of Object.entries(parameters)) target.searchParams.set(name, value);
  location.assign(target);
}

/** Turns the code that the user came back with into tokens. */
export async function exchange(parameters: URLSearchParams): Promise<{ tokens: Tokens; returnTo: string }> {
  const stored = sessionStorage.getItem(PENDING);
  sessionStorage.removeItem(PENDING);
  const pending = stored === null ? null : (JSON.parse(stored) as Pending);
  if (pending === null || parameters.get('state') !== pending.state) {
    throw new Error('This sign-in was not started here. Please try again.');
  }
  const code = parameters.get('code');
  if (code === null) throw new Error('The sign-in service refused.');
  const { tokenEndpoint, clientId, returnTo } = pending;
  const tokens = await askForTokens(tokenEndpoint, clientId, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri(),
    code_verifier: pending.verifier,
  });
  if (tokens === null) throw new Error('The sign-in service did not accept the sign-in.');
  return { tokens, returnTo };
}

/** New tokens for old ones; null where there are none to be had. */
export async function refresh(old: Tokens): Promise<Tokens | null> {
  if (old.refreshToken === null) return null;
  const tokens = await askForTokens(old.tokenEndpoint, old.clientId, {
    grant_type: 'refresh_token',
    refresh_token: old.refreshToken,
  });
  return tokens === null ? null : { ...tokens, refreshToken: tokens.refreshToken ?? old.refreshToken };
}

async function askForTokens(
  tokenEndpoint: string,
  clientId: string,
  grant: Readonly<Record<string, string>>,
): Promise<Tokens | null> {
  const response = await fetch(tokenEndpoint, {
    method: 'POST',
    headers: { accept: 'application/json' },
    body: new URLSearchParams({ client_id: clientId, ...grant }),
  }).catch(() => null);
  if (response === null || !response.ok) return null;
  const answer = (await response.json()) as Readonly<Record<string, unknown>>;
  const text = (name: string): string | null => (typeof answer[name] === 'string' ? answer[name] : null);
  const accessToken = text('access_token');
  return accessToken === null
    ? null
    : { accessToken, refreshToken: text('refresh_token'), tokenEndpoint, clientId, patientFhirId: text('patient') };
}

const randomText = (): string => base64url(crypto.getRandomValues(new Uint8Array(32)));

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
