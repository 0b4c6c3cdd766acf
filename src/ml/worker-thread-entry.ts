import { recordOfError } from './error-record.ts';
import type { ThreadAnswer, ThreadRequest } from './worker-threads.ts';

/** What every thread runs: loads the module of a task, calls its default export, and answers with value or error. */
export default async function runTask({ task, payload }: ThreadRequest): Promise<ThreadAnswer> {
  try {
    const module = (await import(task)) as { default?: unknown };
    if (typeof module.default !== 'function') {
      throw new TypeError('the module of a task must have a function as its default export');
    }
    return { ok: true, value: await (module.default as (payload: unknown) => unknown)(payload) };
  } catch (error) {
    return { ok: false, error: recordOfError(error) };
  }
}
