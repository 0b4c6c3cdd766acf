import type { Caller } from '../twins/caller.ts';
import type { TwinDependencies, WakeUps } from '../twins/ports.ts';
import type { Loaders } from './loaders.ts';
import { createLoaders } from './loaders.ts';
import type { Read } from './read-session.ts';
import { createReadSession } from './read-session.ts';

/** What the server says about itself. */
export interface ServerDescription {
  readonly version: string;
  /** What networks are computed with, in words. */
  readonly engine: string;
  readonly device: string;
  readonly threads: number;
}

/** What the API is wired with, once. */
export interface ApiDependencies {
  readonly twins: TwinDependencies;
  readonly wakeUps: WakeUps;
  readonly server: ServerDescription;
}

/** What the resolvers of one operation share. */
export interface ApiContext extends ApiDependencies, Caller {
  readonly requestId: string;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** The moment that "now" means throughout the operation. */
  readonly now: () => Date;
  readonly read: Read;
  readonly loaders: Loaders;
}

export interface Operation {
  readonly requestId: string;
  readonly signal: AbortSignal;
  /** A subscription outlives what it read: it must look again at every event. */
  readonly isSubscription: boolean;
}

export function createApiContext(dependencies: ApiDependencies, caller: Caller, operation: Operation): ApiContext {
  const read = createReadSession(dependencies.twins.unitOfWork, caller.actor);
  const startedAt = dependencies.twins.clock.now();
  return {
    ...dependencies,
    ...caller,
    requestId: operation.requestId,
    signal: operation.signal,
    now: operation.isSubscription ? () => dependencies.twins.clock.now() : () => startedAt,
    read,
    loaders: createLoaders(read, { cache: !operation.isSubscription }),
  };
}
