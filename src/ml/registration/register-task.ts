import type { RegistrationRequest, RegistrationResult } from '../../twins/registration.ts';
import { registerVolumes } from './register-volumes.ts';

/** What a worker thread runs for one registration. */
export default function registerTask(request: RegistrationRequest): RegistrationResult {
  return registerVolumes(request, () => performance.now());
}
