import type { Registrar } from '../../twins/ports.ts';
import type { RegistrationRequest, RegistrationResult } from '../../twins/registration.ts';
import type { WorkerThreads } from '../worker-threads.ts';
import { assertAlignable } from './input-check.ts';
import { REGISTRATION_VERSION } from './register-volumes.ts';

const TASK = new URL('./register-task.ts', import.meta.url);

/**
 * Rigid and affine alignment in a worker thread; voxels are copied once into the thread and moved back. Aborting ends the thread at once.
 * @throws {DomainError} TOO_LARGE, before anything is copied, above 512 x 512 x 400 voxels.
 */
export function createRegistrar({ threads }: { readonly threads: WorkerThreads }): Registrar {
  return {
    version: REGISTRATION_VERSION,
    async register(request: RegistrationRequest, signal: AbortSignal): Promise<RegistrationResult> {
      assertAlignable(request);
      signal.throwIfAborted();
      // One copy each, which the thread then owns: structured cloning would copy while writing and while reading.
      const fixed = request.fixed.voxels.slice();
      const moving = request.moving.voxels.slice();
      return await threads.run<RegistrationResult>(
        TASK,
        {
          ...request,
          fixed: { ...request.fixed, voxels: fixed },
          moving: { ...request.moving, voxels: moving },
        },
        { signal, transfer: [fixed.buffer, moving.buffer] },
      );
    },
  };
}
