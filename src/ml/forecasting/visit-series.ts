import type { ForecastVisit } from '../../twins/forecast.ts';
import { type ScaledPoint, toScale, type ValueScale } from './value-change.ts';

/** The image before the last visit's and its distance; null where no earlier visit has one. */
export function imageBefore(
  visits: readonly ForecastVisit[],
): { readonly image: Float32Array; readonly daysBefore: number } | null {
  const last = visits.at(-1)!;
  const before = visits.findLast((visit) => visit.voxels !== null && visit.day < last.day);
  if (before === undefined || before.voxels === null) return null;
  return { image: before.voxels, daysBefore: last.day - before.day };
}

/** A variable's known values over the visits, those that have a place on the scale. */
export function knownPoints(visits: readonly ForecastVisit[], variable: string, scale: ValueScale): ScaledPoint[] {
  return visits.flatMap(({ day, values }) => {
    const value = values[variable];
    const level = value === undefined ? null : toScale(scale, value);
    return level === null ? [] : [{ day, level }];
  });
}
