import { createClient } from 'graphql-ws';
import { authorization, signInAgain } from '../session/session.ts';
import { createStore } from '../page/store.ts';
import { JobProgressDocument, TwinEventsDocument } from './operations.ts';
import type { TwinEventsSubscription, TypedDocumentString, WorkFragment } from './operations.ts';

export type TwinEvent = TwinEventsSubscription['twinEvents'];

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 5000;
const PING_MS = 10_000;
/** The server's code for a socket whose token has run out. */
const TOKEN_EXPIRED = 4403;

/** Whether what is shown is kept up to date. */
export const connection = createStore<'idle' | 'live' | 'lost'>('idle');

const socket = createClient({
  url: `${location.origin.replace(/^http/, 'ws')}/graphql`,
  lazyCloseTimeout: 3000,
  keepAlive: PING_MS,
  retryAttempts: 0,
  connectionParams: () => {
    const token = authorization();
    return token === null ? {} : { authorization: token };
  },
  on: {
    connected: () => connection.set('live'),
    closed: (event) => connection.set(isNormal(event) ? 'idle' : 'lost'),
  },
});

const isNormal = (event: unknown): boolean => event instanceof CloseEvent && event.wasClean && event.code === 1000;

/** Everything that happens to a twin, each event once and in order, over lost connections and restarted servers. */
export function followTwin(twinId: string, onEvent: (event: TwinEvent) => void): () => void {
  let after = 0;
  return follow(
    TwinEventsDocument,
    () => ({ twinId, after }),
    ({ twinEvents }) => {
      after = twinEvents.seq;
      onEvent(twinEvents);
    },
    () => false,
  );
}

/** A job's state, now and at every change until it has ended. */
export function followJob(jobId: string, onChange: (job: WorkFragment) => void): () => void {
  let isEnded = false;
  return follow(
    JobProgressDocument,
    () => ({ jobId }),
    ({ jobProgress }) => {
      isEnded = jobProgress.status !== 'QUEUED' && jobProgress.status !== 'RUNNING';
      onChange(jobProgress);
    },
    () => isEnded,
  );
}

/** Subscribes, and again after every end that is not the last one: `variables` then says where to go on. */
function follow<Data, Variables extends Record<string, unknown>>(
  operation: TypedDocumentString<Data, Variables>,
  variables: () => Variables,
  onData: (data: Data) => void,
  isEnded: () => boolean,
): () => void {
  const query = operation.toString();
  let stop = (): void => undefined;
  let isStopped = false;
  let retryMs = FIRST_RETRY_MS;
  const again = async (reason: unknown): Promise<void> => {
    if (isStopped || isEnded()) return;
    if (reason instanceof CloseEvent && reason.code === TOKEN_EXPIRED && !(await signInAgain(authorization()))) return;
    const timer = setTimeout(start, retryMs);
    retryMs = Math.min(2 * retryMs, LONGEST_RETRY_MS);
    stop = () => clearTimeout(timer);
  };
  const start = (): void => {
    stop = socket.subscribe<Data>(
      { query, variables: variables() },
      {
        next: ({ data }) => {
          if (data == null) return;
          retryMs = FIRST_RETRY_MS;
          onData(data);
        },
        error: (reason) => void again(reason),
        complete: () => void again(null),
      },
    );
  };
  start();
  return () => {
    isStopped = true;
    stop();
  };
}
