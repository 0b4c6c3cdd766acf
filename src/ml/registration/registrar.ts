import type { MessagePort } from 'node:worker_threads';
import type { Registrar } from '../../twins/ports.ts';
import type { RegistrationRequest } from '../../twins/registration.ts';
import type { WorkerThreads } from '../worker-threads.ts';
import { assertAlignable } from './input-check.ts';
import { type InferenceThread, openInferenceThread } from './learned/inference-thread.ts';
import type { ThreadFinding, ThreadPair } from './register-task.ts';
import { REGISTRATION_VERSION } from './register-volumes.ts';

const TASK = new URL('./register-task.ts', import.meta.url);
const ELASTIX_TASK = new URL('./elastix/elastix-task.ts', import.meta.url);
/** Elastix needs seconds; on some images it never ends. */
const ELASTIX_TIMEOUT_MS = 60_000;
/** Share of the progress of a pair that the own method takes, where elastix may follow. */
const OWN_SHARE = 0.9;

export interface RegistrarParts {
  readonly threads: WorkerThreads;
  /** For plans that deform by a network; one that nobody needs to close where left out. */
  readonly networks?: InferenceThread;
}

/**
 * Aligns pairs, each in a worker thread: voxels are copied once into the thread and moved back. Where the own method fails
 * on images that could be compared, elastix gets its turn in a thread of its own, for a minute at most. Aborting ends the
 * thread at once.
 * @throws {DomainError} TOO_LARGE, before anything is copied, above 512 x 512 x 400 voxels.
 */
export function createRegistrar({ threads, networks = openInferenceThread() }: RegistrarParts): Registrar {
  return {
    version: REGISTRATION_VERSION,
    pairsAtOnce: threads.size,
    async register(request, signal, onProgress = () => undefined) {
      assertAlignable(request);
      signal.throwIfAborted();
      const run = (task: URL, until: AbortSignal, report: (fraction: number) => void): Promise<ThreadFinding> => {
        const isLearned = request.plan.deformable?.method === 'voxelmorph';
        const { payload, transfer } = copyOf(request, isLearned ? networks.line() : null);
        return threads.run<ThreadFinding>(task, payload, { signal: until, transfer, onProgress: report });
      };
      const { result, isWorthRetrying } = await run(TASK, signal, (fraction) => onProgress(OWN_SHARE * fraction));
      if (!isWorthRetrying) {
        return result;
      }
      const patience = AbortSignal.timeout(ELASTIX_TIMEOUT_MS);
      try {
        const second = await run(ELASTIX_TASK, AbortSignal.any([signal, patience]), (fraction) =>
          onProgress(OWN_SHARE + (1 - OWN_SHARE) * fraction),
        );
        return { ...second.result, elapsedMs: result.elapsedMs + second.result.elapsedMs };
      } catch (error) {
        if (signal.aborted || !patience.aborted) {
          throw error;
        }
        return { ...result, stages: [...result.stages, 'elastix'] };
      }
    },
  };
}

/** One copy of each array, which the thread then owns: structured cloning would copy while writing and while reading. */
function copyOf(
  request: RegistrationRequest,
  line: ThreadPair['line'],
): { payload: ThreadPair; transfer: (ArrayBuffer | MessagePort)[] } {
  const fixed = request.fixed.voxels.slice();
  const moving = request.moving.voxels.slice();
  return {
    payload: {
      request: {
        ...request,
        fixed: { ...request.fixed, voxels: fixed },
        moving: { ...request.moving, voxels: moving },
      },
      line,
    },
    transfer: [fixed.buffer, moving.buffer, ...(line === null ? [] : [line.port])],
  };
}
