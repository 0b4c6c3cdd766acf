import { runTask } from './run-task.ts';
import type { ProcessRequest } from './worker-process.ts';

/** What a worker process runs: the tasks that its parent sends, each answered by a message. */
process.on('message', ({ task, payload }: ProcessRequest) => {
  const neverStops = (): boolean => false;
  void runTask(task, payload, neverStops, () => undefined).then(({ answer }) => process.send?.(answer));
});
process.on('disconnect', () => process.exit());
