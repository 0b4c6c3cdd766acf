import { goTo } from '../page/router.tsx';
import { createStore } from '../page/store.ts';
import type { Tokens } from './authorisation-code.ts';

/** Fetched only where somebody signs in. */
const authorisationCode = () => import('./authorisation-code.ts');

/** How to sign in, as `/viewer.json` says. */
export interface AuthorisationServer {
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
}

interface Description {
  readonly signIn: null | {
    readonly clientId: string | null;
    readonly scope: string;
    readonly issuer: AuthorisationServer | null;
    readonly launchers: Readonly<Record<string, AuthorisationServer>>;
  };
}

export type SessionState =
  | { readonly kind: 'starting' }
  /** Nobody has to sign in: whoever can reach the server is the developer. */
  | { readonly kind: 'developer' }
  | { readonly kind: 'signed-in' }
  | { readonly kind: 'signed-out'; readonly message: string | null };

const STORED = 'sequela.tokens';

export const session = createStore<SessionState>({ kind: 'starting' });
let tokens: Tokens | null = null;
let description: Description['signIn'] = null;

/** The value of the `Authorization` header; null where nobody signs in. */
export const authorization = (): string | null => (tokens === null ? null : `Bearer ${tokens.accessToken}`);

/**
 * Finds out who is there: the developer, somebody who has signed in before in this tab, somebody who comes back from
 * signing in, or an EHR that launches the page for a patient (SMART App Launch).
 */
export async function startSession(url: URL): Promise<void> {
  try {
    const response = await fetch('/viewer.json', { cache: 'no-store' });
    description = ((await response.json()) as Description).signIn;
  } catch {
    return signedOut('The server does not answer.');
  }
  if (description === null) {
    return session.set({ kind: 'developer' });
  }
  if (url.pathname === '/launch') return launch(url.searchParams);
  if (url.pathname === '/signed-in') return comeBack(url.searchParams);
  tokens = readTokens();
  if (tokens === null) return signedOut(null);
  session.set({ kind: 'signed-in' });
}

/** Leaves for the issuer's page; comes back to where the user was. */
export async function signIn(): Promise<void> {
  const { clientId, scope, issuer } = description ?? {};
  if (clientId == null) return signedOut('This page was not given a client id to sign in with.');
  if (issuer == null) return signedOut('The sign-in service does not answer. Try again in a moment.');
  const { askForCode } = await authorisationCode();
  await askForCode({ server: issuer, clientId, scope: scope ?? '', extra: {} });
}

export function signOut(): void {
  keep(null);
  signedOut(null);
}

/** After a token was refused: true when there is a new one. Several that ask at once share the attempt. */
export function signInAgain(refused: string | null): Promise<boolean> {
  if (refused !== authorization()) return Promise.resolve(tokens !== null);
  renewing ??= renew().finally(() => (renewing = null));
  return renewing;
}
let renewing: Promise<boolean> | null = null;

async function renew(): Promise<boolean> {
  const renewed = tokens === null ? null : await (await authorisationCode()).refresh(tokens);
  keep(renewed);
  if (renewed !== null) return true;
  if (session.get().kind !== 'developer') signedOut('Your session has ended. Please sign in again.');
  return false;
}

async function launch(parameters: URLSearchParams): Promise<void> {
  const iss = (parameters.get('iss') ?? '').replace(/\/+$/, '');
  const server = description?.launchers[iss];
  const clientId = description?.clientId;
  // Whoever could name any server here could collect tokens.
  if (server === undefined || clientId == null) {
    return signedOut('This health record is not one that this server was set up with.');
  }
  const handle = parameters.get('launch') ?? '';
  const scope = `${description?.scope ?? ''} launch`;
  const { askForCode } = await authorisationCode();
  await askForCode({ server, clientId, scope, extra: { aud: iss, launch: handle } });
}

async function comeBack(parameters: URLSearchParams): Promise<void> {
  try {
    const { exchange } = await authorisationCode();
    const { tokens: fresh, returnTo } = await exchange(parameters);
    keep(fresh);
    // Before anything is shown, which would go by the address of the way back.
    goTo(fresh.patientFhirId === null ? returnTo : `/?patient=${encodeURIComponent(fresh.patientFhirId)}`, {
      replace: true,
    });
    session.set({ kind: 'signed-in' });
  } catch (error) {
    goTo('/', { replace: true });
    signedOut(error instanceof Error ? error.message : String(error));
  }
}

function signedOut(message: string | null): void {
  tokens = null;
  session.set({ kind: 'signed-out', message });
}

function keep(value: Tokens | null): void {
  tokens = value;
  // Of this tab only, and gone with it.
  if (value === null) sessionStorage.removeItem(STORED);
  else sessionStorage.setItem(STORED, JSON.stringify(value));
}

function readTokens(): Tokens | null {
  const text = sessionStorage.getItem(STORED);
  return text === null ? null : (JSON.parse(text) as Tokens);
}
