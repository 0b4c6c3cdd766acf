import type { RegistrationRequest, RegistrationResult } from '../../twins/registration.ts';
import type { ReportProgress, ShouldStop } from '../worker-threads.ts';
import type { InferenceLine } from './learned/inference-thread.ts';
import { rememberingPrepareFixed } from './prepare-fixed.ts';
import { attemptRegistration } from './register-volumes.ts';

/** What a thread is asked. */
export interface ThreadPair {
  readonly request: RegistrationRequest;
  /** To the thread of the networks, where the plan deforms by one. */
  readonly line: InferenceLine | null;
}

/** What a thread found. */
export interface ThreadFinding {
  readonly result: RegistrationResult;
  /** Whether another engine might do better. */
  readonly isWorthRetrying: boolean;
}

// Of this thread, which owns the voxels that it is sent.
const prepareFixed = rememberingPrepareFixed();

/** What a worker thread runs for one registration. */
export default function registerTask(
  { request, line }: ThreadPair,
  _: ShouldStop,
  report: ReportProgress,
): ThreadFinding {
  const startedAt = performance.now();
  const { outcome, retry } = attemptRegistration(request, prepareFixed, report, line);
  return { result: { ...outcome, elapsedMs: performance.now() - startedAt }, isWorthRetrying: retry !== null };
}

/** The aligned voxels and the field are nobody else's: they are moved to the caller instead of copied. */
export const transferOf = ({ result: { moved, field } }: ThreadFinding): readonly ArrayBuffer[] => [
  ...(moved === null ? [] : [moved.voxels.buffer as ArrayBuffer]),
  ...(field === null ? [] : [field.vectorsMm.buffer as ArrayBuffer]),
];
