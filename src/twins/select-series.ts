import type { ImageSelector } from './disease-definition.ts';
import type { SeriesDescriptor } from './ports.ts';

/** What choosing a series needs to know of it: a `SeriesDescriptor`, or the same facts of an image on the timeline. */
export type SeriesFacts = Pick<
  SeriesDescriptor,
  'studyInstanceUid' | 'seriesInstanceUid' | 'modality' | 'seriesDescription' | 'numberOfInstances' | 'isDerived'
>;

/**
 * The one series of each study that a disease looks at; studies keep the order in which they first appear. Shared by the synchronisation (what to retrieve) and the visits (what to use),
 * so that both always mean the same series.
 *
 * Never used: a derived series, a modality that the selector does not name, an excluded description, a number of
 * instances above `maximumSlices`, or below `minimumSlices` - except a single instance, which may be a multi-frame
 * object whose slices only show when it is read, and an unknown number.
 * Order: the earliest of `preferDescriptions` that the description contains; then a number of instances in range before
 * an unknown one; then more instances; then the series UID, so that the choice never depends on the PACS's order.
 */
export function selectSeries<Series extends SeriesFacts>(selector: ImageSelector, series: readonly Series[]): Series[] {
  const bestOfStudy = new Map<string, Series>();
  for (const candidate of rankSeries(selector, series)) {
    if (!bestOfStudy.has(candidate.studyInstanceUid)) bestOfStudy.set(candidate.studyInstanceUid, candidate);
  }
  const studies = new Set(series.map((each) => each.studyInstanceUid));
  return [...studies].flatMap((study) => bestOfStudy.get(study) ?? []);
}

/** Every series that may be used, best first: what to try next where the best one cannot be read. */
export function rankSeries<Series extends SeriesFacts>(selector: ImageSelector, series: readonly Series[]): Series[] {
  return series
    .filter((each) => mayBeUsed(selector, each))
    .toSorted(
      (a, b) =>
        describedPlace(selector, a) - describedPlace(selector, b) ||
        certainty(selector, a) - certainty(selector, b) ||
        (b.numberOfInstances ?? 0) - (a.numberOfInstances ?? 0) ||
        Number(a.seriesInstanceUid > b.seriesInstanceUid) - Number(a.seriesInstanceUid < b.seriesInstanceUid),
    );
}

function mayBeUsed(selector: ImageSelector, series: SeriesFacts): boolean {
  if (series.isDerived || !selector.modalities.includes(series.modality)) return false;
  if (selector.excludeDescriptions.some((words) => describes(series, words))) return false;
  const count = series.numberOfInstances;
  if (count === null || count === 1) return true;
  return count >= selector.minimumSlices && count <= selector.maximumSlices;
}

/** The place of the first of `preferDescriptions` that a series answers to; their number where it answers to none. */
export function describedPlace(selector: ImageSelector, series: Pick<SeriesFacts, 'seriesDescription'>): number {
  const place = selector.preferDescriptions.findIndex((words) => describes(series, words));
  return place < 0 ? selector.preferDescriptions.length : place;
}

/** 0 where the number of slices is known to be in range, 1 where only reading the series will tell. */
function certainty(selector: ImageSelector, series: SeriesFacts): number {
  return series.numberOfInstances !== null && series.numberOfInstances >= selector.minimumSlices ? 0 : 1;
}

function describes(series: Pick<SeriesFacts, 'seriesDescription'>, words: string): boolean {
  return series.seriesDescription?.toLowerCase().includes(words.toLowerCase()) ?? false;
}
