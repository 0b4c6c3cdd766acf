import { IntegrationError } from '../../errors.ts';
import { gapFor } from '../../twins/describe-source-fault.ts';
import type { ClinicalSource, ImagingReference } from '../../twins/ports.ts';
import { gapDraft } from '../../twins/source-gap.ts';
import type { GapBody, TimelineEntryDraft } from '../../twins/timeline.ts';
import type { FhirClient } from './client.ts';
import { CLINICAL_RESOURCES } from './clinical-resources.ts';
import type { ClinicalResource } from './clinical-resources.ts';
import { asElement } from './element.ts';
import type { Element } from './element.ts';
import { parseInstant } from './fhir-time.ts';
import { readSurvivor, retiredRecords } from './follow-replaced-by.ts';
import type { FhirSettings } from './options.ts';
import { PullWatermark } from './pull-watermark.ts';
import { patientOf } from './reference.ts';
import { ReferencedResources } from './referenced-resources.ts';
import { isUnsupported, searchClinicalResource } from './search-clinical-resource.ts';

type ChangePage = ReturnType<ClinicalSource['pullChanges']> extends AsyncIterable<infer P> ? P : never;

/** Everything that a pull carries from page to page. */
interface Pull {
  readonly client: FhirClient;
  readonly settings: FhirSettings;
  readonly signal: AbortSignal;
  readonly watermark: PullWatermark;
  readonly references: ReferencedResources;
}

/**
 * Everything about one patient that changed since `since`, a page of the server at a time, type by type. A type that
 * cannot be read to its end leaves a `source` gap named after it (`Observation/-`) and does not stop the others. The last
 * page carries the watermark of the whole pull; the ones before it carry where this pull began.
 *
 * Records merged into this patient are read under their own ids as well, from their beginning when the merge is newer
 * than `since`.
 * @throws {IntegrationError} `aborted`, or when the patient itself cannot be read.
 */
export async function* pullChanges(
  client: FhirClient,
  settings: FhirSettings,
  patientId: string,
  since: Date | null,
  signal: AbortSignal,
): AsyncGenerator<ChangePage, void, void> {
  const isFull = since === null || since.getTime() <= 0;
  const watermark = new PullWatermark(isFull ? null : since);
  const begin = watermark.value;
  const references = new ReferencedResources(client, settings.maximumReferenceReads);
  const pull: Pull = { client, settings, signal, watermark, references };

  const patient = await readSurvivor(client, patientId, signal);
  if (patient === null || patient.record.fhirId !== patientId) {
    throw new IntegrationError('protocol', 'the patient to pull is gone or was merged meanwhile');
  }
  watermark.sawServerTime(patient.serverTime);
  const from = isFull ? null : new Date(Math.max(1, since.getTime() - settings.overlapMs));
  const retired = await retiredRecords(client, patient, settings, signal);
  if (!retired.isComplete) watermark.leaveIncomplete();
  const isOld = (at: Date | null): boolean => from !== null && at !== null && at < from;
  const subjects = [
    { id: patientId, from },
    // A merge changes a record: only where neither was changed lately, the retired one's past was read before.
    ...retired.records.map(({ id, lastUpdated }) => ({
      id,
      from: isOld(patient.lastUpdated) && (lastUpdated === null || isOld(lastUpdated)) ? from : null,
    })),
  ];

  const asked = CLINICAL_RESOURCES.filter(({ type }) => settings.resourceTypes.includes(type));
  for (const resource of asked) {
    let hasBegun = false;
    try {
      for (const subject of subjects) {
        for await (const page of pullResource(pull, resource, subject.id, subject.from)) {
          hasBegun = true;
          yield { ...page, watermark: begin };
        }
      }
    } catch (error) {
      if (signal.aborted) throw error;
      // Once a page has come, "not found" is about a cursor that expired, not about the type.
      const isOffered = hasBegun || !isUnsupported(error);
      if (isOffered) watermark.leaveIncomplete();
      yield { drafts: [typeGap(resource, error, isOffered, settings)], imaging: [], watermark: begin };
    }
  }
  yield { drafts: [], imaging: [], watermark: watermark.value };
}

async function* pullResource(
  { client, settings, signal, watermark, references }: Pull,
  resource: ClinicalResource,
  patientId: string,
  from: Date | null,
): AsyncGenerator<Omit<ChangePage, 'watermark'>, void, void> {
  const reservations: GapBody[] = [];
  for await (const page of searchClinicalResource(client, resource, patientId, from, settings, signal)) {
    watermark.sawServerTime(page.serverTime);
    const own = page.matches.filter((match) => patientOf(match, client.bases) === patientId);
    if (own.length < page.matches.length) {
      watermark.leaveIncomplete();
      reservations.push(
        reservation(resource, 'foreign-patient', 'also gave those of other patients, which were left out', false),
      );
    }
    if (page.fault !== null) {
      if (page.fault.isTransient) watermark.leaveIncomplete();
      reservations.push(reservation(resource, page.fault.code, 'gave only a part of them', page.fault.isTransient));
    }
    references.keep(page.included);
    if (!(await references.resolve(own, signal))) watermark.leaveIncomplete();
    yield readPage(resource, own, references, watermark, settings.clock.now());
  }
  const [first] = reservations;
  if (first !== undefined) {
    yield { drafts: [gapDraft(gapSource(resource), settings.clock.now(), first)], imaging: [] };
  }
}

function readPage(
  resource: ClinicalResource,
  matches: readonly Element[],
  references: ReferencedResources,
  watermark: PullWatermark,
  readAt: Date,
): Omit<ChangePage, 'watermark'> {
  const drafts: TimelineEntryDraft[] = [];
  const imaging: ImagingReference[] = [];
  for (const match of matches) {
    watermark.sawResource(parseInstant(asElement(match['meta'])?.['lastUpdated']));
    const reading = resource.read(match, readAt, references.lookUp);
    if (reading.kind === 'reference') imaging.push(reading.reference);
    else drafts.push(...reading.drafts);
  }
  return { drafts, imaging };
}

const gapSource = ({ type }: ClinicalResource) => ({ sourceSystem: 'fhir', sourceId: `${type}/-` }) as const;

function typeGap(
  resource: ClinicalResource,
  error: unknown,
  isOffered: boolean,
  settings: FhirSettings,
): TimelineEntryDraft {
  const subject = `The health record system, asked for ${resource.title} (${resource.type}),`;
  const fault = gapFor('source', subject, error);
  const body: GapBody = !isOffered
    ? { ...fault, reason: 'not-supported', message: `${subject} does not offer them.`, isTransient: false }
    : fault;
  return gapDraft(gapSource(resource), settings.clock.now(), body);
}

function reservation(resource: ClinicalResource, reason: string, what: string, isTransient: boolean): GapBody {
  const message = `The health record system, asked for ${resource.title} (${resource.type}), ${what}.`;
  return { kind: 'gap', missing: 'source', reason, message, isTransient };
}
