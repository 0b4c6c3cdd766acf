import { type ErrorRecord, recordOfError } from './error-record.ts';
import type { ReportProgress, ShouldStop } from './worker-threads.ts';

/** A module with a task, and where it has large buffers to give away, which of a value's are moved instead of copied. */
interface TaskModule {
  readonly default?: unknown;
  readonly transferOf?: (value: unknown) => readonly ArrayBuffer[];
}

/** What a task answers. An error travels as a record, because structured cloning strips the class and fields of an error. */
export type TaskAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: ErrorRecord };

/** Loads the module of a task by its `file:` URL and calls its default export. Never throws. */
export async function runTask(
  task: string,
  payload: unknown,
  shouldStop: ShouldStop,
  report: ReportProgress,
): Promise<{ readonly answer: TaskAnswer; readonly transfer: readonly ArrayBuffer[] }> {
  try {
    if (shouldStop()) throw new Error('the task was aborted before it started');
    const module = (await import(task)) as TaskModule;
    if (typeof module.default !== 'function') {
      throw new TypeError('the module of a task must have a function as its default export');
    }
    const run = module.default as (payload: unknown, shouldStop: ShouldStop, report: ReportProgress) => unknown;
    const value = await run(payload, shouldStop, report);
    return { answer: { ok: true, value }, transfer: module.transferOf?.(value) ?? [] };
  } catch (error) {
    return { answer: { ok: false, error: recordOfError(error) }, transfer: [] };
  }
}
