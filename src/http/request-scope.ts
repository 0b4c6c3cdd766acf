import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { Response } from 'express';
import type { Caller } from '../twins/caller.ts';

const scope = new AsyncLocalStorage<{ readonly requestId: string }>();

/** Ids that may be taken over from a proxy: nothing that could smuggle text into a log. */
const REQUEST_ID = /^[A-Za-z0-9-]{8,64}$/;

export const newRequestId = (given?: string): string =>
  given !== undefined && REQUEST_ID.test(given) ? given : randomUUID();

/** Everything that `work` starts can find the request's id. */
export const inRequest = <T>(requestId: string, work: () => T): T => scope.run({ requestId }, work);

export const requestId = (): string => scope.getStore()?.requestId ?? 'none';

/** Who sent the request; set by `authentication`, which stands before every handler that reads it. */
export const callerOf = (response: Response): Caller | undefined => (response.locals as { caller?: Caller }).caller;
export const setCaller = (response: Response, caller: Caller): void => {
  (response.locals as { caller?: Caller }).caller = caller;
};
