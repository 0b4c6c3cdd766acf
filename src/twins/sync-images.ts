import { storeVolume } from './catalogue-image.ts';
import { gapFor } from './describe-source-fault.ts';
import type { DiseaseDefinition } from './disease-definition.ts';
import type { Patient } from './patient.ts';
import type {
  Actor,
  ImagingReference,
  ImagingSource,
  JobContext,
  SeriesDescriptor,
  TwinDependencies,
} from './ports.ts';
import { selectSeries } from './select-series.ts';
import { gapDraft, type GapSource, withdrawals } from './source-gap.ts';
import type { GapBody, TimelineEntry } from './timeline.ts';

const PACS: GapSource = { sourceSystem: 'dicomweb', sourceId: '-' };
const studyOf = (uid: string): GapSource => ({ sourceSystem: 'dicomweb', sourceId: `${uid}/-` });

const NOT_IN_ARCHIVE: GapBody = {
  kind: 'gap',
  missing: 'image',
  reason: 'NOT_FOUND',
  message: 'The health record names an imaging study that the image archive does not have.',
  isTransient: true,
};

/**
 * Brings the images that the definitions select from the PACS into the timeline, one series after the other, each in
 * its own transaction. A series that cannot be had becomes a gap with its reason; the others go on.
 *
 * Studies announced by the EHR stand as gaps until the PACS delivers them, so that an announcement that was read while
 * the PACS was down is not forgotten.
 */
export async function syncImages(
  { unitOfWork, clock, blobs }: Pick<TwinDependencies, 'unitOfWork' | 'clock' | 'blobs'>,
  actor: Actor,
  imaging: ImagingSource,
  patient: Patient,
  definitions: readonly DiseaseDefinition[],
  announced: readonly ImagingReference[],
  context: JobContext,
): Promise<readonly TimelineEntry[]> {
  const { signal } = context;
  const appended: TimelineEntry[] = [];

  const reportGap = async (source: GapSource, occurredAt: Date | null, body: GapBody): Promise<void> => {
    const now = clock.now();
    const draft = { ...gapDraft(source, now, body), ...(occurredAt && { occurredAt, occurredUntil: occurredAt }) };
    appended.push(...(await unitOfWork.run(actor, (stores) => stores.timeline.append(patient.id, [draft]))));
  };
  const endGap = async (source: GapSource, reason: string): Promise<void> => {
    const entries = await unitOfWork.run(actor, async (stores) =>
      stores.timeline.append(
        patient.id,
        await withdrawals(
          stores,
          patient.id,
          clock.now(),
          reason,
          (gap) => gap.sourceSystem === source.sourceSystem && gap.sourceId === source.sourceId,
        ),
      ),
    );
    appended.push(...entries);
  };
  const retrieve = async (one: SeriesDescriptor, definition: DiseaseDefinition, sourceId: string): Promise<void> => {
    const retrieved = await imaging.retrieveSeries(one, definition.imaging, signal);
    if (retrieved.isDerived) {
      return;
    }
    const image = await storeVolume(blobs, retrieved.volume, 'acquired');
    const entries = await unitOfWork.run(actor, async (stores) => {
      await stores.images.add(image);
      return stores.timeline.append(patient.id, [
        {
          sourceSystem: 'dicomweb',
          sourceId,
          sourceVersion: `${image.sha256}/${retrieved.sopInstanceUids.length}`,
          occurredAt: retrieved.acquiredAt,
          occurredUntil: retrieved.acquiredAt,
          issuedAt: null,
          body: {
            kind: 'image',
            studyInstanceUid: one.studyInstanceUid,
            seriesInstanceUid: one.seriesInstanceUid,
            modality: one.modality,
            seriesDescription: one.seriesDescription,
            sopInstanceUids: retrieved.sopInstanceUids,
            voxelsSha256: image.sha256,
            geometry: image.geometry,
            laterality: retrieved.laterality,
            isLossy: retrieved.isLossy,
            caveats: retrieved.caveats,
          },
        },
      ]);
    });
    appended.push(...entries);
  };

  const view = await unitOfWork.run(actor, async (stores) => {
    const views = await stores.timeline.view([patient.id], { at: clock.now(), clock: 'recorded' });
    return views.get(patient.id) ?? [];
  });
  const references = [...announced, ...openStudies(view, announced)];

  let series: readonly SeriesDescriptor[];
  try {
    series = await imaging.searchSeries({ identifiers: patient.identifiers, references }, signal);
  } catch (error) {
    signal.throwIfAborted();
    await reportGap(PACS, null, gapFor('source', 'The image archive', error));
    for (const reference of announced) {
      await reportGap(studyOf(reference.studyInstanceUid), null, gapFor('image', 'The image archive', error));
    }
    return appended;
  }
  await endGap(PACS, 'the image archive answers');

  const present = new Set(series.map((one) => one.studyInstanceUid));
  for (const { studyInstanceUid } of references) {
    await (present.has(studyInstanceUid)
      ? endGap(studyOf(studyInstanceUid), 'the image archive has the study')
      : reportGap(studyOf(studyInstanceUid), null, NOT_IN_ARCHIVE));
  }

  const wanted = new Map<SeriesDescriptor, DiseaseDefinition>();
  for (const definition of definitions) {
    for (const selected of selectSeries(definition.imaging, series)) {
      if (!wanted.has(selected)) {
        wanted.set(selected, definition);
      }
    }
  }
  const known = new Map(
    view.flatMap(({ sourceId, body }) => (body.kind === 'image' ? [[sourceId, body] as const] : [])),
  );
  let done = 0;
  for (const [one, definition] of wanted) {
    signal.throwIfAborted();
    await context.report(done / wanted.size, `Reading image ${++done} of ${wanted.size}`);
    const sourceId = `${one.studyInstanceUid}/${one.seriesInstanceUid}`;
    if (known.get(sourceId)?.sopInstanceUids.length === one.numberOfInstances) {
      continue;
    }
    try {
      await retrieve(one, definition, sourceId);
    } catch (error) {
      signal.throwIfAborted();
      await reportGap({ sourceSystem: 'dicomweb', sourceId }, one.studyAt, gapFor('image', 'The image archive', error));
    }
  }
  return appended;
}

/** Studies that were announced at an earlier synchronisation and have not come yet. */
function openStudies(view: readonly TimelineEntry[], announced: readonly ImagingReference[]): ImagingReference[] {
  const again = new Set(announced.map((reference) => reference.studyInstanceUid));
  return view.flatMap(({ sourceSystem, sourceId, body }) => {
    const study = sourceId.endsWith('/-') ? sourceId.slice(0, -2) : '';
    return sourceSystem === 'dicomweb' && body.kind === 'gap' && study !== '' && !again.has(study)
      ? [{ studyInstanceUid: study, accessionNumber: null, endpointAddress: null }]
      : [];
  });
}
