import { daysBetween, endOfUtcDay, utcDay, DAY_MS } from './day.ts';
import { dynamicVariables, staticVariables, treatmentVariables } from './disease-definition.ts';
import type { DiseaseDefinition, ImageSelector } from './disease-definition.ts';
import { exposureOver } from './exposure.ts';
import { lastKnownValue } from './last-known-value.ts';
import type { Patient } from './patient.ts';
import type { UnitConverter } from './ports.ts';
import type { VisitRegistration } from './registration.ts';
import { describedPlace, selectSeries } from './select-series.ts';
import type { SeriesFacts } from './select-series.ts';
import { staticValueAt } from './static-value.ts';
import type { ImageBody, TimelineEntry } from './timeline.ts';
import type { Visit } from './visit.ts';

export type ImageEntry = TimelineEntry & { readonly body: ImageBody };

/** Before the first visit there is no visit to count treatment from; this many days stand for it. */
export const FIRST_VISIT_EXPOSURE_DAYS = 30;

export interface VisitSources {
  readonly definition: DiseaseDefinition;
  readonly patient: Pick<Patient, 'birthDate' | 'gender'>;
  /** The entries in force at the moment of knowledge (`viewTimeline`, `TimelineStore.view`), in any order. */
  readonly entries: readonly TimelineEntry[];
  /** Registrations of this twin; those to another reference are ignored, of several for an image the newest counts. */
  readonly registrations: readonly VisitRegistration[];
  /** The image that is the common space; null while none is chosen. */
  readonly referenceEntryId: string | null;
  readonly convert: UnitConverter;
}

/**
 * The visits of a twin, oldest first: one per imaging time point with everything aligned to it.
 *
 * - A visit sees what was observed at or before its image, and later on the image's UTC calendar day: a blood sample
 *   two hours after the scan belongs to the same visit, and many sources state only the date. It sees nothing of any
 *   later day. Ages count from the image and are never below 0.
 * - Two images of one UTC day are one visit (`visitImages`).
 * - Exposure runs over (visit before, this visit], and over the `FIRST_VISIT_EXPOSURE_DAYS` before the first.
 *
 * Pure: the same entries give the same visits, whatever their order.
 */
export function assembleVisits(sources: VisitSources): Visit[] {
  const { definition, patient, entries, convert, referenceEntryId } = sources;
  const images = visitImages(definition.imaging, entries, referenceEntryId);
  const registrationOf = newestByEntry(sources.registrations, referenceEntryId);
  return images.map((imageEntry, index) => {
    const { occurredAt } = imageEntry;
    const before = images[index - 1]?.occurredAt ?? null;
    const moment = { at: occurredAt, until: endOfUtcDay(occurredAt) };
    const exposedFrom = before ?? new Date(occurredAt.getTime() - FIRST_VISIT_EXPOSURE_DAYS * DAY_MS);
    return {
      index,
      occurredAt,
      intervalDays: before === null ? null : daysBetween(before, occurredAt),
      imageEntry,
      registration: registrationOf.get(imageEntry.id) ?? null,
      isReference: imageEntry.id === referenceEntryId,
      values: byKey(dynamicVariables(definition), (variable) => lastKnownValue(variable, entries, moment, convert)),
      statics: byKey(staticVariables(definition), (variable) =>
        staticValueAt(variable, patient, entries, moment, convert),
      ),
      exposures: byKey(treatmentVariables(definition), (variable) =>
        exposureOver(variable, entries, exposedFrom, occurredAt, convert),
      ),
    };
  });
}

/**
 * The images that make visits, oldest first, one per UTC calendar day. Of several on one day the twin's reference stays,
 * so that a repeated scan does not take away the common space; else the best series of its study by the selector; of
 * several studies the better described, then the later one, for a scan is repeated because the first was not enough.
 */
function visitImages(
  selector: ImageSelector,
  entries: readonly TimelineEntry[],
  referenceEntryId: string | null,
): ImageEntry[] {
  const usable = entries
    .filter(isImage)
    .filter((entry) => {
      const [slices] = entry.body.geometry.shape;
      return slices >= selector.minimumSlices && slices <= selector.maximumSlices;
    })
    .toSorted((a, b) => b.revision - a.revision);
  const reference = usable.find((entry) => entry.id === referenceEntryId);
  const ofOtherStudies = usable.filter((entry) => entry.body.studyInstanceUid !== reference?.body.studyInstanceUid);
  const best = selectSeries(selector, ofOtherStudies.map(factsOf)).toSorted(
    (a, b) =>
      describedPlace(selector, a) - describedPlace(selector, b) ||
      b.entry.occurredAt.getTime() - a.entry.occurredAt.getTime() ||
      b.entry.revision - a.entry.revision,
  );
  const ofDay = new Map<number, ImageEntry>();
  for (const entry of [...(reference === undefined ? [] : [reference]), ...best.map((series) => series.entry)]) {
    const day = utcDay(entry.occurredAt);
    if (!ofDay.has(day)) ofDay.set(day, entry);
  }
  return [...ofDay.values()].toSorted((a, b) => a.occurredAt.getTime() - b.occurredAt.getTime());
}

function factsOf(entry: ImageEntry): SeriesFacts & { readonly entry: ImageEntry } {
  const { studyInstanceUid, seriesInstanceUid, modality, seriesDescription, geometry } = entry.body;
  // What lies on the timeline was read already: its slices are known, and derived objects never get there.
  return {
    studyInstanceUid,
    seriesInstanceUid,
    modality,
    seriesDescription,
    numberOfInstances: geometry.shape[0],
    isDerived: false,
    entry,
  };
}

function newestByEntry(
  registrations: readonly VisitRegistration[],
  referenceEntryId: string | null,
): ReadonlyMap<string, VisitRegistration> {
  const newest = new Map<string, VisitRegistration>();
  for (const registration of registrations) {
    if (registration.referenceEntryId !== referenceEntryId) continue;
    const kept = newest.get(registration.entryId);
    if (kept === undefined || isNewer(registration, kept)) newest.set(registration.entryId, registration);
  }
  return newest;
}

function isNewer(a: VisitRegistration, b: VisitRegistration): boolean {
  return a.createdAt.getTime() === b.createdAt.getTime() ? a.id > b.id : a.createdAt > b.createdAt;
}

function byKey<V extends { readonly key: string }, T>(variables: readonly V[], read: (of: V) => T): Record<string, T> {
  return Object.fromEntries(variables.map((variable) => [variable.key, read(variable)]));
}

function isImage(entry: TimelineEntry): entry is ImageEntry {
  return entry.body.kind === 'image';
}
