import type { AppendNews } from './append-news.ts';
import { gapFor } from './describe-source-fault.ts';
import type { Patient } from './patient.ts';
import type { Actor, ClinicalSource, ImagingReference, TwinDependencies } from './ports.ts';
import { gapDraft, withdrawals } from './source-gap.ts';
import type { GapBody } from './timeline.ts';

export interface ClinicalSyncResult {
  readonly patient: Patient;
  readonly references: readonly ImagingReference[];
  /** Null when the pull did not come to its end: the next one starts where the last complete one did. */
  readonly watermark: Date | null;
}

const EHR = { sourceSystem: 'fhir', sourceId: '-' } as const;

const PATIENT_IS_GONE: GapBody = {
  kind: 'gap',
  missing: 'source',
  reason: 'NOT_FOUND',
  message: 'The health record system no longer has this patient.',
  isTransient: false,
};

/**
 * Pulls what changed in the EHR about one patient into the timeline, a page at a time, each page in its own
 * transaction: what arrived is kept even when the rest does not. Running it again appends nothing twice.
 *
 * A record that was merged away keeps its own row and its twins and reads from the surviving record from then on, so
 * that an unmerge at the source needs nothing but the next synchronisation.
 */
export async function syncClinicalRecord(
  { unitOfWork, clock }: Pick<TwinDependencies, 'unitOfWork' | 'clock'>,
  actor: Actor,
  clinical: ClinicalSource,
  known: Patient,
  append: AppendNews,
  signal: AbortSignal,
): Promise<ClinicalSyncResult> {
  const references: ImagingReference[] = [];
  const fail = async (gap: GapBody): Promise<ClinicalSyncResult> => {
    await append(() => [gapDraft(EHR, clock.now(), gap)]);
    return { patient: known, references, watermark: null };
  };

  try {
    const record = await clinical.readPatient(known.fhirId, signal);
    if (record === null) {
      return await fail(PATIENT_IS_GONE);
    }
    const replacedByFhirId = record.fhirId === known.fhirId ? null : record.fhirId;
    const { patient, since } = await unitOfWork.run(actor, async (stores) => {
      const state = await stores.patients.syncState(known.id);
      return {
        patient: await stores.patients.upsert({ ...record, fhirId: known.fhirId, replacedByFhirId }),
        // Another record's history is new to us, however old it is there.
        since: replacedByFhirId === known.replacedByFhirId ? state.watermark : null,
      };
    });
    let watermark: Date | null = null;
    const unread = new Set<string>();
    for await (const page of clinical.pullChanges(record, since, signal)) {
      references.push(...page.imaging);
      watermark = page.watermark;
      for (const { sourceId, body } of page.drafts) {
        if (body.kind === 'gap' && body.missing === 'source') {
          unread.add(sourceId);
        }
      }
      if (page.drafts.length > 0) {
        await append(() => page.drafts);
      }
    }
    // The pull came to its end: a part of the source that it does not name as unread has been read.
    await append((stores) =>
      withdrawals(
        stores,
        known.id,
        clock.now(),
        'the health record system answers',
        ({ sourceSystem, sourceId, body }) =>
          sourceSystem === EHR.sourceSystem && body.missing === 'source' && !unread.has(sourceId),
      ),
    );
    return { patient, references, watermark };
  } catch (error) {
    signal.throwIfAborted();
    return fail(gapFor('source', 'The health record system', error));
  }
}
