import { authorization, signInAgain } from '../session/session.ts';
import type { TypedDocumentString } from './operations.ts';

/** What went wrong, in words that can be shown as they are. */
export class ApiError extends Error {}

interface Answer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

/** Sends one operation of `viewer/operations` and gives its typed answer. */
export async function ask<Data, Variables>(
  operation: TypedDocumentString<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const response = await send('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: operation.toString(), variables }),
  });
  const answer = (await response.json().catch(() => ({}))) as Answer<Data>;
  const [error] = answer.errors ?? [];
  if (error !== undefined || answer.data == null) {
    throw new ApiError(error?.message ?? `The server answered ${response.status}.`);
  }
  return answer.data;
}

interface Request {
  readonly method?: 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A request with the user's token; again with a new one where the old has run out, later where it was too often. */
export async function send(path: string, init: Request = {}, mayRepeat = true): Promise<Response> {
  const token = authorization();
  let response: Response;
  try {
    response = await fetch(path, {
      ...init,
      headers: { ...init.headers, ...(token === null ? {} : { authorization: token }) },
    });
  } catch (cause) {
    throw new ApiError('The server does not answer.', { cause });
  }
  if (response.status === 401) {
    if (mayRepeat && (await signInAgain(token))) return send(path, init, false);
    throw new ApiError('You are not signed in.');
  }
  if (response.status === 429 && mayRepeat) {
    const seconds = Number(response.headers.get('retry-after') ?? 1);
    await new Promise((resolve) => setTimeout(resolve, 1000 * Math.min(Math.max(seconds, 1), 60)));
    return send(path, init, false);
  }
  return response;
}
