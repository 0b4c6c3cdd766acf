import { useState } from 'preact/hooks';
import { ask } from '../api/graphql.ts';
import { CancelJobDocument, type WorkFragment } from '../api/operations.ts';
import { isActive, useJob } from '../api/use-live.ts';
import { Progress } from '../page/parts.tsx';
import { inPercent, JOB_KIND } from '../page/words.ts';

/** A bar for each job that has not ended. */
export function WorkBars({ jobs, onEnd }: { jobs: readonly WorkFragment[]; onEnd: () => void }) {
  const active = jobs.filter(isActive);
  if (active.length === 0) return null;
  return (
    <div class="work" role="status" aria-label="Work in progress">
      {active.map((job) => (
        <WorkBar key={job.id} job={job} onEnd={onEnd} />
      ))}
    </div>
  );
}

function WorkBar({ job, onEnd }: { job: WorkFragment; onEnd: () => void }) {
  const { id, kind, status, progress, message, attempt } = useJob(job, onEnd);
  const [refusal, setRefusal] = useState<string | null>(null);
  const cancel = async (): Promise<void> => {
    const { cancelJob: answer } = await ask(CancelJobDocument, { jobId: id });
    if (answer.__typename === 'Refusal') setRefusal(answer.message);
  };
  const words = status === 'QUEUED' ? 'waiting for a worker' : (message ?? inPercent(progress));
  return (
    <div class="job" data-job={kind}>
      <span>
        {JOB_KIND[kind]}{' '}
        <small>
          {refusal ?? words}
          {attempt > 1 && `, try ${attempt}`}
        </small>
      </span>
      <Progress share={progress} label={JOB_KIND[kind]} />
      <button
        type="button"
        class="quiet"
        onClick={() => void cancel().catch((error: unknown) => setRefusal(String(error)))}
      >
        Stop
      </button>
    </div>
  );
}
