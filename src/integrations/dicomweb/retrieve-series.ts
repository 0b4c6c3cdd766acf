import { DomainError, IntegrationError } from '../../errors.ts';
import type { ImageSelector } from '../../twins/disease-definition.ts';
import type { RetrievedSeries, SeriesDescriptor } from '../../twins/ports.ts';
import { assembleVolume } from './assemble-volume.ts';
import type { DicomwebClient } from './client.ts';
import type { DecoderPool } from './decoder-pool.ts';
import { countOf, textOf } from './dicom-json.ts';
import type { DicomJson } from './dicom-json.ts';
import { parseDateAndTime, parseDateTime } from './dicom-time.ts';
import type { DicomMoment } from './dicom-time.ts';
import type { InstanceHeader } from './instance-header.ts';
import { mapConcurrently } from './map-concurrently.ts';

export interface RetrievalContext {
  readonly client: DicomwebClient;
  /** The study as the search found it; null where this server has not searched for it since it started. */
  readonly study: DicomJson | null;
  readonly decoders: DecoderPool;
  readonly defaultTimeZoneOffset: string;
  readonly maximumVoxels: number;
  readonly signal: AbortSignal;
}

const CONCURRENCY = 4;
const INSTANCE_FIELDS = [
  ['includefield', '00280008'],
  ['includefield', '00280010'],
  ['includefield', '00280011'],
] as const;

/**
 * Retrieves every instance of a series and stacks them.
 *
 * The instances are listed before and counted again after: a series that changed meanwhile is still arriving and is
 * refused, to be tried again later.
 */
export async function retrieveSeries(
  series: SeriesDescriptor,
  selector: ImageSelector,
  context: RetrievalContext,
): Promise<RetrievedSeries> {
  const { client, decoders } = context;
  const before = await listInstances(series, context);
  const stated = statedSize(before);
  requireBounds(stated.slices, stated.voxels, selector, context.maximumVoxels);
  let slices = 0;
  let voxels = 0;
  const sopInstanceUids = [...before.keys()];
  const decoded = await mapConcurrently(
    sopInstanceUids,
    CONCURRENCY,
    context.signal,
    async (sopInstanceUid, signal) => {
      const { studyInstanceUid, seriesInstanceUid } = series;
      const bytes = await client.retrieveInstance(studyInstanceUid, seriesInstanceUid, sopInstanceUid, signal);
      const instance = await decoders.decode(bytes, signal);
      requireAskedFor(instance.header, series, sopInstanceUid, context.study);
      // An archive need not tell sizes in a search: what has arrived is bounded too.
      slices += instance.header.pixels.numberOfFrames;
      voxels += instance.values.length;
      requireBounds(slices, voxels, selector, context.maximumVoxels);
      return instance;
    },
  );
  const stable = requireUnchanged(series, before, context);
  // Awaited below; a refusal by the assembly must not leave this one unheard.
  stable.catch(() => undefined);
  const headers = decoded.map(({ header }) => header);
  const { volume, caveats } = assembleVolume(decoded, context.maximumVoxels);
  if (volume.shape[0] < selector.minimumSlices) {
    throw new DomainError(
      'UNSUPPORTED',
      `The series has ${volume.shape[0]} slices; at least ${selector.minimumSlices} are needed.`,
    );
  }
  await stable;
  const time = acquisitionTime(headers, context.defaultTimeZoneOffset);
  const isLossy = headers.some((header) => header.isLossy);
  return {
    volume,
    sopInstanceUids,
    acquiredAt: time.acquiredAt,
    presentation: headers[0]!.presentation,
    isLossy,
    isDerived: series.isDerived || headers.some((header) => header.isDerived),
    caveats: [
      ...new Set([
        ...caveats,
        ...time.caveats,
        ...decoded.flatMap((instance) => instance.caveats),
        ...(isLossy ? ['The images went through lossy compression; small values may be artefacts.'] : []),
      ]),
    ],
  };
}

async function listInstances(series: SeriesDescriptor, context: RetrievalContext): Promise<Map<string, DicomJson>> {
  const { studyInstanceUid, seriesInstanceUid, numberOfInstances } = series;
  const found = await context.client.searchInstances(
    studyInstanceUid,
    seriesInstanceUid,
    INSTANCE_FIELDS,
    context.signal,
  );
  if (found.length === 0)
    throw new DomainError('SOURCE_INCOMPLETE', 'The image archive lists no images of the series.');
  if (numberOfInstances !== null && found.length < numberOfInstances) {
    throw new DomainError(
      'SOURCE_INCOMPLETE',
      `The image archive lists ${found.length} of the ${numberOfInstances} images of the series.`,
    );
  }
  return new Map(found.map((instance) => [textOf(instance, '00080018')!, instance]));
}

/**
 * Counts the instances again, or lists them where the archive does not count (0020,1209).
 * @throws {DomainError} SOURCE_INCOMPLETE where the series changed meanwhile.
 */
async function requireUnchanged(
  series: SeriesDescriptor,
  before: ReadonlyMap<string, DicomJson>,
  context: RetrievalContext,
): Promise<void> {
  const { client, signal } = context;
  const filter = [
    ['SeriesInstanceUID', series.seriesInstanceUid],
    ['includefield', '00201209'],
  ] as const;
  const found = await client.searchSeries(series.studyInstanceUid, filter, signal);
  const now = found.find((one) => textOf(one, '0020000E') === series.seriesInstanceUid);
  const count = (now && countOf(now, '00201209')) ?? (await listInstances(series, context)).size;
  if (count !== before.size) {
    throw new DomainError('SOURCE_INCOMPLETE', 'The series changed while it was retrieved: it is still arriving.');
  }
}

/** As far as the archive tells in a search. */
function statedSize(instances: ReadonlyMap<string, DicomJson>): { slices: number; voxels: number } {
  let slices = 0;
  let voxels = 0;
  for (const instance of instances.values()) {
    const frames = countOf(instance, '00280008') ?? 1;
    slices += frames;
    voxels += frames * (countOf(instance, '00280010') ?? 1) * (countOf(instance, '00280011') ?? 1);
  }
  return { slices, voxels };
}

function requireBounds(slices: number, voxels: number, selector: ImageSelector, maximumVoxels: number): void {
  if (slices > selector.maximumSlices) {
    throw new DomainError('TOO_LARGE', `The series has more than ${selector.maximumSlices} images.`);
  }
  if (voxels > maximumVoxels) {
    throw new DomainError('TOO_LARGE', `The series has more than ${maximumVoxels} voxels.`);
  }
}

function requireAskedFor(
  header: InstanceHeader,
  series: SeriesDescriptor,
  sopInstanceUid: string,
  study: DicomJson | null,
): void {
  if (
    header.sopInstanceUid !== sopInstanceUid ||
    header.seriesInstanceUid !== series.seriesInstanceUid ||
    header.studyInstanceUid !== series.studyInstanceUid
  ) {
    throw new IntegrationError('protocol', 'the imaging archive answered with another image than asked for');
  }
  const patientId = study === null ? null : textOf(study, '00100020');
  if (patientId !== null && patientId !== header.patientId) {
    throw new DomainError('CONFLICT', 'An image of the series names another patient than the image archive does.');
  }
}

function acquisitionTime(
  headers: readonly InstanceHeader[],
  defaultOffset: string,
): { acquiredAt: Date; caveats: readonly string[] } {
  const moments = headers.map((header) => momentOf(header, defaultOffset));
  const earliest = moments.reduce((best, moment) => {
    if (best === null || moment === null) return best ?? moment;
    return moment.at < best.at ? moment : best;
  }, null);
  if (earliest === null) throw new DomainError('SOURCE_INCOMPLETE', 'The images do not state when they were acquired.');
  const caveats: string[] = [];
  if (!earliest.hasTimeOfDay) caveats.push('The images state the day of acquisition but no time of day; noon is used.');
  if (earliest.hasTimeOfDay && !earliest.hasZone) {
    caveats.push(`The images state no time zone; ${defaultOffset} is used.`);
  }
  return { acquiredAt: earliest.at, caveats };
}

function momentOf(header: InstanceHeader, defaultOffset: string): DicomMoment | null {
  const stated = parseDateTime(header.acquisitionDateTime, header.timezoneOffset, defaultOffset);
  if (stated !== null) return stated;
  for (const [date, time] of header.dates) {
    const moment = parseDateAndTime(date, time, header.timezoneOffset, defaultOffset);
    if (moment !== null) return moment;
  }
  return null;
}
