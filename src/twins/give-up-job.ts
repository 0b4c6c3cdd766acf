import { withStatus } from './disease-twin.ts';
import { abandonForecast } from './issue-forecast.ts';
import type { JobKind } from './job.ts';
import type { Actor, TwinDependencies } from './ports.ts';

/** Puts what a job was working for into a state that says so, when the job will not be tried again. */
export async function giveUpJob(
  { unitOfWork, clock }: Pick<TwinDependencies, 'unitOfWork' | 'clock'>,
  actor: Actor,
  kind: JobKind,
  subjectId: string,
  reason: string,
): Promise<void> {
  await unitOfWork.run(actor, async (stores) => {
    if (kind === 'issue-forecast') {
      await abandonForecast(stores, clock, subjectId, 'FAILED', reason);
      return;
    }
    const twinIds =
      kind === 'register-twin' ? [subjectId] : (await stores.twins.byPatientIds([subjectId])).map(({ id }) => id);
    for (const id of twinIds) {
      const twin = await stores.twins.lock(id);
      const isSaid = twin?.status === 'FAULTED' && twin.statusReason === reason;
      if (twin !== null && twin.status !== 'RETIRED' && !isSaid) {
        await stores.twins.save(withStatus(twin, 'FAULTED', reason));
        await stores.events.append([{ twinId: id, type: 'STATUS_CHANGED', message: reason }]);
      }
    }
  });
}
