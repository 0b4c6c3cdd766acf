import type { AppendNews } from './append-news.ts';
import { canonicalJson } from './canonical-json.ts';
import { storeVolume } from './catalogue-image.ts';
import { gapFor } from './describe-source-fault.ts';
import type { DiseaseDefinition } from './disease-definition.ts';
import { presentationOf } from './image-presentation.ts';
import type { Patient } from './patient.ts';
import type {
  Actor,
  ImagingReference,
  ImagingSource,
  JobContext,
  RetrievedSeries,
  SeriesDescriptor,
  Stores,
  TwinDependencies,
} from './ports.ts';
import { selectSeries } from './select-series.ts';
import { gapDraft, type GapSource, withdrawals } from './source-gap.ts';
import type { GapBody, ImageBody, TimelineEntry } from './timeline.ts';
import { geometryOf, type VolumeGeometry } from './volume.ts';

const PACS: GapSource = { sourceSystem: 'dicomweb', sourceId: '-' };
const studyOf = (uid: string): GapSource => ({ sourceSystem: 'dicomweb', sourceId: `${uid}/-` });

const NOT_IN_ARCHIVE: GapBody = {
  kind: 'gap',
  missing: 'image',
  reason: 'NOT_FOUND',
  message: 'The health record names an imaging study that the image archive does not have.',
  isTransient: true,
};

/** The EHR's clock and ours may differ by so much. */
const CLOCK_DIFFERENCE_MS = 5 * 60_000;

type ImageEntry = TimelineEntry & { readonly body: ImageBody };

/**
 * Brings the images that the definitions select from the PACS into the timeline, one series after the other, each in
 * its own transaction. A series that cannot be had becomes a gap with its reason; the others go on.
 *
 * Studies announced by the EHR stand as gaps until the PACS delivers them, so that an announcement that was read while
 * the PACS was down is not forgotten. A series on record is read again when its number of images changed, or when the
 * EHR changed what it says of the study since: pixels may have been replaced under the same UIDs.
 * @returns false when something that was announced was not looked at and no gap stands for it: it must be announced
 *   again.
 */
export async function syncImages(
  { unitOfWork, clock, blobs }: Pick<TwinDependencies, 'unitOfWork' | 'clock' | 'blobs'>,
  actor: Actor,
  imaging: ImagingSource,
  patient: Patient,
  definitions: readonly DiseaseDefinition[],
  announced: readonly ImagingReference[],
  append: AppendNews,
  context: JobContext,
): Promise<boolean> {
  const { signal } = context;
  const viewNow = async (stores: Stores): Promise<readonly TimelineEntry[]> =>
    (await stores.timeline.view([patient.id], { at: clock.now(), clock: 'recorded' })).get(patient.id) ?? [];
  const reportGap = (source: GapSource, occurredAt: Date | null, body: GapBody): Promise<void> =>
    append(() => [
      { ...gapDraft(source, clock.now(), body), ...(occurredAt && { occurredAt, occurredUntil: occurredAt }) },
    ]);
  const endGap = (source: GapSource, reason: string): Promise<void> =>
    append((stores) =>
      withdrawals(
        stores,
        patient.id,
        clock.now(),
        reason,
        (gap) => gap.sourceSystem === source.sourceSystem && gap.sourceId === source.sourceId,
      ),
    );
  const retrieve = async (one: SeriesDescriptor, definition: DiseaseDefinition, source: GapSource): Promise<void> => {
    const retrieved = await imaging.retrieveSeries(one, definition.imaging, signal);
    if (retrieved.isDerived) {
      return;
    }
    const image = await storeVolume(blobs, retrieved.volume, 'acquired');
    await append(async (stores) => {
      const inForce = (await viewNow(stores)).find((entry) => isOf(source, entry));
      if (inForce !== undefined && isImage(inForce) && isSameImage(inForce.body, image.sha256, retrieved)) {
        return [];
      }
      await stores.images.add(image);
      const version = `${image.sha256}/${retrieved.sopInstanceUids.length}`;
      return [
        {
          ...source,
          // The same image may come back after another one, or after a gap: that is a version of its own.
          sourceVersion: inForce === undefined ? version : `${version}@${inForce.revision}`,
          occurredAt: retrieved.acquiredAt,
          occurredUntil: retrieved.acquiredAt,
          // An archive does not say when it took an image in; when the image was made is the nearest to it. A version that
          // came later has no such time.
          issuedAt: inForce === undefined ? retrieved.acquiredAt : null,
          body: {
            kind: 'image',
            studyInstanceUid: one.studyInstanceUid,
            seriesInstanceUid: one.seriesInstanceUid,
            modality: one.modality,
            seriesDescription: one.seriesDescription,
            sopInstanceUids: retrieved.sopInstanceUids,
            voxelsSha256: image.sha256,
            geometry: image.geometry,
            ...retrieved.presentation,
            isLossy: retrieved.isLossy,
            caveats: retrieved.caveats,
          },
        },
      ];
    });
  };

  const view = await unitOfWork.run(actor, viewNow);
  const images = view.filter(isImage);
  const references = [...announced, ...openStudies(view, announced)];

  let series: readonly SeriesDescriptor[];
  try {
    series = await imaging.searchSeries({ identifiers: patient.identifiers, references }, signal);
  } catch (error) {
    signal.throwIfAborted();
    const gap = gapFor('source', 'The image archive', error);
    await reportGap(PACS, null, gap);
    for (const { studyInstanceUid } of announced) {
      if (!images.some(({ body }) => body.studyInstanceUid === studyInstanceUid)) {
        await reportGap(studyOf(studyInstanceUid), null, { ...gap, missing: 'image' });
      }
    }
    return false;
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
  let done = 0;
  let isWhole = true;
  for (const [one, definition] of wanted) {
    signal.throwIfAborted();
    await context.report(done / wanted.size, `Reading image ${++done} of ${wanted.size}`);
    const source: GapSource = {
      sourceSystem: 'dicomweb',
      sourceId: `${one.studyInstanceUid}/${one.seriesInstanceUid}`,
    };
    const onRecord = images.find((entry) => isOf(source, entry));
    if (onRecord !== undefined && isUpToDate(onRecord, one, announced)) {
      continue;
    }
    try {
      await retrieve(one, definition, source);
    } catch (error) {
      signal.throwIfAborted();
      await reportGap(source, one.studyAt, gapFor('image', 'The image archive', error));
      // The gap may give way to the image on record, and nothing would ask for the changed one again.
      isWhole &&= onRecord === undefined;
    }
  }
  return isWhole;
}

const isImage = (entry: TimelineEntry): entry is ImageEntry => entry.body.kind === 'image';

const isOf = (source: GapSource, entry: GapSource): boolean =>
  entry.sourceSystem === source.sourceSystem && entry.sourceId === source.sourceId;

const isSameImage = (
  body: ImageBody,
  sha256: string,
  { volume, sopInstanceUids, presentation }: RetrievedSeries,
): boolean =>
  body.voxelsSha256 === sha256 &&
  placeOf(geometryOf(volume)) === placeOf(body.geometry) &&
  body.sopInstanceUids.toSorted().join() === sopInstanceUids.toSorted().join() &&
  canonicalJson(presentationOf(body)) === canonicalJson(presentation);

/** As text, because what comes back from the record has no negative zero. */
const placeOf = ({ shape, spacingMm, originMm, direction }: VolumeGeometry): string =>
  JSON.stringify([shape, spacingMm, originMm, direction]);

const isUpToDate = (
  { body, recordedAt }: ImageEntry,
  one: SeriesDescriptor,
  announced: readonly ImagingReference[],
): boolean =>
  body.sopInstanceUids.length === one.numberOfInstances &&
  announced.every(
    ({ studyInstanceUid, changedAt }) =>
      studyInstanceUid !== one.studyInstanceUid ||
      changedAt === null ||
      changedAt.getTime() + CLOCK_DIFFERENCE_MS <= recordedAt.getTime(),
  );

/** Studies that were announced at an earlier synchronisation and have not come yet. */
function openStudies(view: readonly TimelineEntry[], announced: readonly ImagingReference[]): ImagingReference[] {
  const again = new Set(announced.map((reference) => reference.studyInstanceUid));
  return view.flatMap(({ sourceSystem, sourceId, body }) => {
    const study = sourceId.endsWith('/-') ? sourceId.slice(0, -2) : '';
    return sourceSystem === 'dicomweb' && body.kind === 'gap' && study !== '' && !again.has(study)
      ? [{ studyInstanceUid: study, accessionNumber: null, endpointAddress: null, changedAt: null }]
      : [];
  });
}
