import type { Actor, TwinDependencies } from './ports.ts';

const PAGE = 200;

/**
 * Asks for a synchronisation of every patient of the tenant who has a living twin. An equal request that still waits
 * is not repeated, so that a slow source does not pile up work.
 */
export async function requestDueSyncs(
  { unitOfWork }: Pick<TwinDependencies, 'unitOfWork'>,
  actor: Actor,
  signal: AbortSignal,
): Promise<void> {
  let after: string | null = null;
  do {
    signal.throwIfAborted();
    after = await unitOfWork.run(actor, async (stores) => {
      const page = await stores.twins.page(
        { first: PAGE, after },
        { diseaseId: null, patientId: null, statuses: ['CREATED', 'READY', 'INCOMPLETE', 'FAULTED'] },
      );
      for (const patientId of new Set(page.rows.map(({ node }) => node.patientId))) {
        await stores.jobs.enqueue({ kind: 'sync-patient', patientId });
      }
      return page.hasNextPage ? (page.rows.at(-1)?.cursor ?? null) : null;
    });
  } while (after !== null);
}
