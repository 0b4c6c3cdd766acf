import type { Registrar } from '../../twins/ports.ts';
import type { RegistrationRequest, RegistrationResult } from '../../twins/registration.ts';
import type { WorkerThreads } from '../worker-threads.ts';
import { assertAlignable } from './input-check.ts';
import { REGISTRATION_VERSION } from './register-volumes.ts';

const TASK = new URL('./register-task.ts', import.meta.url);

/**
 * Rigid and affine alignment in a worker thread; voxels are copied into the thread. Aborting ends the thread at once.
 * @throws {DomainError} TOO_LARGE, before anything is copied, above 512 x 512 x 400 voxels.
 */
export function createRegistrar({ threads }: { readonly threads: WorkerThreads }): Registrar {
  return {
    version: REGISTRATION_VERSION,
    async register(request: RegistrationRequest, signal: AbortSignal): Promise<RegistrationResult> {
      assertAlignable(request);
      return await threads.run<RegistrationResult>(TASK, request, { signal });
    },
  };
}
