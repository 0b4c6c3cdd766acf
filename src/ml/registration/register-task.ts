import type { RegistrationRequest, RegistrationResult } from '../../twins/registration.ts';
import { rememberingPrepareFixed } from './prepare-fixed.ts';
import { registerVolumes } from './register-volumes.ts';

// Of this thread, which owns the voxels that it is sent.
const prepareFixed = rememberingPrepareFixed();

/** What a worker thread runs for one registration. */
export default function registerTask(request: RegistrationRequest): RegistrationResult {
  return registerVolumes(request, () => performance.now(), prepareFixed);
}

/** The aligned voxels are nobody else's: they are moved to the caller instead of copied. */
export const transferOf = ({ moved }: RegistrationResult): readonly ArrayBuffer[] =>
  moved === null ? [] : [moved.voxels.buffer as ArrayBuffer];
