import { FaultError } from '../errors.ts';
import { daysBetween } from './day.ts';
import type { ForecastVisit } from './forecast.ts';
import { alignedImage } from './usable-image.ts';
import type { Visit } from './visit.ts';
import { voxelCount } from './volume.ts';
import type { Volume, VolumeShape } from './volume.ts';

/**
 * Visits as a model reads them: days relative to the last of them, only exact values, amounts of treatment.
 *
 * @param voxelsByVisit voxels [D,H,W] of each aligned visit by `Visit.index`, in the reference's grid (the blob that
 *   `alignedImage` names).
 * @throws {FaultError} where an aligned visit's voxels are not given, or do not fit the common grid.
 */
export function forecastVisits(
  visits: readonly Visit[],
  voxelsByVisit: ReadonlyMap<number, Float32Array>,
): {
  readonly visits: ForecastVisit[];
  readonly shape: VolumeShape | null;
  readonly spacingMm: Volume['spacingMm'] | null;
} {
  const origin = visits.at(-1);
  const geometry = visits.map(alignedImage).find((image) => image !== null)?.geometry ?? null;
  const shape = geometry?.shape ?? null;
  return {
    shape,
    spacingMm: geometry?.spacingMm ?? null,
    visits: visits.map((visit) => ({
      day: origin === undefined ? 0 : daysBetween(origin.occurredAt, visit.occurredAt),
      voxels: voxelsOf(visit, voxelsByVisit, shape),
      values: Object.fromEntries(
        Object.entries(visit.values).flatMap(([key, value]) => (value.status === 'known' ? [[key, value.value]] : [])),
      ),
      exposures: Object.fromEntries(Object.entries(visit.exposures).map(([key, exposure]) => [key, exposure.amount])),
    })),
  };
}

/** Ids of all timeline entries that `forecastVisits` reads of a visit. */
export function entryIdsOf(visit: Visit): string[] {
  return [
    visit.imageEntry.id,
    ...Object.values(visit.values).flatMap((value) => (value.status === 'known' ? [value.entryId] : [])),
    ...Object.values(visit.exposures).flatMap((exposure) => exposure.entryIds),
  ];
}

function voxelsOf(
  visit: Visit,
  voxelsByVisit: ReadonlyMap<number, Float32Array>,
  shape: VolumeShape | null,
): Float32Array | null {
  const image = alignedImage(visit);
  if (image === null || shape === null) return null;
  const voxels = voxelsByVisit.get(visit.index);
  if (voxels === undefined) throw new FaultError(`the voxels of aligned visit ${visit.index} are not given`);
  if (image.geometry.shape.join('x') !== shape.join('x') || voxels.length !== voxelCount(shape)) {
    throw new FaultError(
      `visit ${visit.index} has ${voxels.length} voxels of ${image.geometry.shape.join('x')}, ` +
        `the common grid is ${shape.join('x')}`,
    );
  }
  return voxels;
}
