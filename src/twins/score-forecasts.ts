import type { BackTest, BackTestImage, BackTestValue } from './back-test.ts';
import { canonicalJson } from './canonical-json.ts';
import { daysBetween, DAY_MS } from './day.ts';
import { dynamicVariables } from './disease-definition.ts';
import type { Forecast } from './forecast.ts';
import { knownValues } from './last-known-value.ts';
import type { LoadedTwin } from './load-twin.ts';
import type { Actor, TwinDependencies } from './ports.ts';
import { alignedImage } from './usable-image.ts';
import { voxelsOfBytes } from './volume.ts';

/** Older forecasts are not scored again. */
const NEWEST_FORECASTS = 50;

type Dependencies = Pick<TwinDependencies, 'unitOfWork' | 'blobs' | 'units' | 'clock'>;

/**
 * Scores the twin's forecasts under the plan against what came: the measurement and the aligned image nearest to the
 * target, within `toleranceDays` of it, that the forecast did not know. A score is written, with its event, when it says
 * more than the one on record; what has not come yet is left for the next time.
 */
export async function scoreForecasts(dependencies: Dependencies, actor: Actor, loaded: LoadedTwin): Promise<void> {
  const { unitOfWork, clock } = dependencies;
  const { twin } = loaded;
  const page = await unitOfWork.run(actor, (stores) => stores.forecasts.newestByTwinIds([twin.id], NEWEST_FORECASTS));
  for (const { node: forecast } of page.get(twin.id)?.rows ?? []) {
    if (forecast.referenceForecastId !== null || !isAnswered(forecast.status)) continue;
    const values = scoreValues(dependencies, loaded, forecast);
    const image = await scoreImage(dependencies, loaded, forecast);
    if (values.length === 0 && image === null) continue;
    await unitOfWork.run(actor, async (stores) => {
      // Another worker may score the same forecast: one of them tells.
      await stores.forecasts.lock(forecast.id);
      const before = (await stores.backTests.byForecastIds([forecast.id])).get(forecast.id);
      if (before !== undefined && saysNothingNew({ values, image }, before)) return;
      await stores.backTests.save({ twinId: twin.id, forecastId: forecast.id, scoredAt: clock.now(), values, image });
      await stores.events.append([
        { twinId: twin.id, forecastId: forecast.id, type: 'FORECAST_SCORED', message: sentenceOf(values, image) },
      ]);
    });
  }
}

type Score = Pick<BackTest, 'values' | 'image'>;

/** The same as what is on record, or less: a worker that read the twin earlier may come later. */
function saysNothingNew({ values, image }: Score, before: Score): boolean {
  if (values.length < before.values.length || (image === null && before.image !== null)) return true;
  return canonicalJson({ values, image }) === canonicalJson({ values: before.values, image: before.image });
}

const isAnswered = (status: Forecast['status']): boolean => status === 'ISSUED' || status === 'DECLINED';

/** How far from the target something still counts as what was forecast: a tenth of the horizon, at least one day. */
const toleranceDays = (horizonDays: number): number => Math.max(1, horizonDays / 10);

function scoreValues(
  { units }: Dependencies,
  { definition, entries }: LoadedTwin,
  forecast: Forecast,
): BackTestValue[] {
  const { originAt, targetAt, horizonDays } = forecast;
  if (originAt === null || horizonDays === null || horizonDays === 0) return [];
  const tolerance = toleranceDays(horizonDays);
  const until = new Date(targetAt.getTime() + tolerance * DAY_MS);
  const inputs = new Set(forecast.inputEntryIds);
  return dynamicVariables(definition).flatMap((variable) => {
    const answer = forecast.values.find((value) => value.variable === variable.key);
    if (answer === undefined || answer.value === null || answer.baseline === null) return [];
    const { value: predicted, baseline, unit } = answer;
    const distanceOf = ({ observedAt }: { readonly observedAt: Date }): number =>
      Math.abs(daysBetween(targetAt, observedAt));
    const nearest = knownValues(variable, entries, until, units)
      .filter(({ entryId, observedAt }) => !inputs.has(entryId) && observedAt > originAt)
      .filter((known) => distanceOf(known) <= tolerance)
      .toSorted((a, b) => distanceOf(a) - distanceOf(b))[0];
    if (nearest === undefined) return [];
    const { value: observed, observedAt } = nearest;
    const interval = answer.intervals.find(({ coverage }) => coverage === 0.9);
    const isInside90 = interval === undefined ? null : observed >= interval.low && observed <= interval.high;
    return [{ variable: variable.key, unit, predicted, baseline, observed, observedAt, isInside90 }];
  });
}

async function scoreImage(
  { blobs }: Dependencies,
  { visits }: LoadedTwin,
  forecast: Forecast,
): Promise<BackTestImage | null> {
  const { originAt, targetAt, horizonDays, image } = forecast;
  if (originAt === null || horizonDays === null || horizonDays === 0 || image === null) return null;
  const inputs = new Set(forecast.inputEntryIds);
  const tolerance = toleranceDays(horizonDays);
  const nearest = visits
    .flatMap((visit) => {
      const aligned = alignedImage(visit);
      const distance = Math.abs(daysBetween(targetAt, visit.occurredAt));
      const isNews = visit.occurredAt > originAt && !inputs.has(visit.imageEntry.id);
      const fits = aligned !== null && aligned.geometry.shape.join() === image.geometry.shape.join();
      return isNews && fits && distance <= tolerance ? [{ visit, aligned, distance }] : [];
    })
    .toSorted((a, b) => a.distance - b.distance)[0];
  if (nearest === undefined) return null;
  const read = async (sha256: string): Promise<Float32Array> =>
    voxelsOfBytes(await blobs.get(sha256), image.geometry.shape);
  const observed = await read(nearest.aligned.voxelsSha256);
  return {
    entryId: nearest.visit.imageEntry.id,
    observedAt: nearest.visit.occurredAt,
    mse: meanSquaredError(await read(image.sha256), observed),
    baselineMse: meanSquaredError(await read(image.baselineSha256), observed),
  };
}

function meanSquaredError(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index += 1) sum += (a[index]! - b[index]!) ** 2;
  return sum / a.length;
}

function sentenceOf(values: readonly BackTestValue[], image: BackTestImage | null): string {
  const judged = values.filter(({ isInside90 }) => isInside90 !== null);
  const inside = judged.filter(({ isInside90 }) => isInside90).length;
  const parts = [
    ...(values.length === 0 ? [] : [`${values.length} value(s)`]),
    ...(judged.length === 0 ? [] : [`${inside} of ${judged.length} inside their 90 % interval`]),
    ...(image === null
      ? []
      : [`the image ${image.mse < image.baselineMse ? 'closer' : 'not closer'} than "no change"`]),
  ];
  return `A forecast was compared with what came: ${parts.join(', ')}.`;
}
