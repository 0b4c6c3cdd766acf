import { DomainError } from '../../errors.ts';
import type { ForecastInput, ForecastVisit } from '../../twins/forecast.ts';
import { type VolumeShape, voxelCount } from '../../twins/volume.ts';

const MAXIMUM_VOXELS = 2 ** 27;

/**
 * Refuses an input that no honest number can come from, before anything is computed.
 * @throws {DomainError} INSUFFICIENT_HISTORY without any visit; INVALID_INPUT with the field at fault for times out of
 *   order, an origin without voxels where earlier visits have some, images that do not fit the shape, numbers that are
 *   not finite, exposures that are negative or not stated, and an interval that is 0 or less than 0 where it must not be.
 */
export function checkForecastInput(input: ForecastInput): void {
  if (input.visits.length === 0) {
    throw new DomainError('INSUFFICIENT_HISTORY', 'A forecast needs at least one visit.', { field: 'visits' });
  }
  demand(input.horizonDays >= 0 && Number.isFinite(input.horizonDays), 'horizonDays', 'must be 0 or more');
  demand(Number.isFinite(input.populationAsOfMs), 'populationAsOfMs', 'must be a time');
  checkVisits(input.visits, input.shape);
  const origin = input.visits.at(-1)!;
  demand(
    origin.voxels !== null || input.visits.every(({ voxels }) => voxels === null),
    'visits',
    'must end with a visit that has an image',
  );
  checkExposures(input.plannedExposures, input.treatmentKeys, 'plannedExposures');
  for (const { key, plausible } of input.variables) {
    demand(plausible[0] < plausible[1], `variables.${key}`, 'must have a plausible range');
    const start = input.valueOrigins[key];
    if (start !== undefined) {
      const field = `valueOrigins.${key}`;
      demand(Number.isFinite(start.value), field, 'must be a finite number');
      demand(
        start.intervalDays >= 0 && Number.isFinite(start.intervalDays),
        field,
        'must have an interval of 0 or more',
      );
      checkExposures(start.exposures, input.treatmentKeys, field);
    }
  }
}

/**
 * @throws {DomainError} INVALID_INPUT for visits out of order, images that do not fit the shape, or numbers that are not
 *   finite.
 */
export function checkVisits(visits: readonly ForecastVisit[], shape: VolumeShape | null): void {
  if (shape !== null) {
    const isSize = shape.every((size) => Number.isInteger(size) && size > 0) && voxelCount(shape) <= MAXIMUM_VOXELS;
    demand(isSize, 'shape', 'must be a size of at most 2^27 voxels');
  }
  visits.forEach(({ day, voxels, values, exposures }, index) => {
    const field = `visits[${index}]`;
    demand(Number.isFinite(day), field, 'must have a day');
    demand(index === 0 || day >= visits[index - 1]!.day, field, 'must not be earlier than the visit before');
    demand(Object.values(values).every(Number.isFinite), field, 'must have finite values');
    demand(
      Object.values(exposures).every((amount) => amount >= 0 && Number.isFinite(amount)),
      field,
      'must have exposures of 0 or more',
    );
    if (voxels !== null) {
      demand(shape !== null && voxels.length === voxelCount(shape), field, 'must have an image of the stated shape');
      demand(areFinite(voxels), field, 'must have an image of finite numbers');
    }
  });
}

function areFinite(voxels: Float32Array): boolean {
  // A sum in float64 of fewer than 2^28 float32 numbers cannot overflow: it is finite exactly where every one of them is.
  let sum = 0;
  for (let index = 0; index < voxels.length; index += 1) sum += Math.abs(voxels[index]!);
  return Number.isFinite(sum);
}

function checkExposures(exposures: Readonly<Record<string, number>>, keys: readonly string[], field: string): void {
  for (const key of keys) {
    const amount = exposures[key];
    const isAmount = amount !== undefined && amount >= 0 && Number.isFinite(amount);
    demand(isAmount, `${field}.${key}`, 'must be an amount of 0 or more');
  }
}

function demand(isMet: boolean, field: string, rule: string): asserts isMet {
  if (!isMet) {
    throw new DomainError('INVALID_INPUT', `The forecast cannot be computed: ${field} ${rule}.`, { field });
  }
}
