import type { RegistrationPlan } from '../../twins/registration-plan.ts';
import type { DisplacementField, RegistrationQuality, SimilarityMeasures } from '../../twins/registration.ts';
import { histogramMapping } from '../metrics/histogram-matching.ts';
import type { Assessment } from './assessor.ts';
import type { Candidate } from './candidate.ts';
import type { Level } from './cost.ts';
import { demons } from './deformable/demons.ts';
import { fieldOnGrid, roundTripMm } from './deformable/field-operations.ts';
import { freeFormDeformation } from './deformable/free-form-deformation.ts';
import { foldsOf, jacobianMap } from './deformable/jacobian.ts';
import { warpVolume } from './deformable/warp-volume.ts';
import type { Deformation } from './displacement-field.ts';
import { foregroundOf } from './foreground.ts';
import { withMask } from './level-masks.ts';
import type { PreparedPair } from './prepare-pair.ts';
import { levelLike } from './pyramid.ts';
import { nmiGainOf } from './quality.ts';
import { invert, type Matrix4 } from './transform.ts';

/** Of the time of the way there and the way back, which is searched at half the resolution. */
const SHARE_OF_THE_WAY_THERE = 0.8;

type Deformable = NonNullable<RegistrationPlan['deformable']>;

/** What a deformable method made of a global alignment. */
export interface Deformed extends Assessment {
  /** From the fixed image to the shared plane, LPS mm. */
  readonly field: DisplacementField;
  readonly quality: RegistrationQuality;
}

/**
 * Deforms a pair from its global alignment on and measures the result: over the foreground, folds, the smallest ratio of
 * volumes, and by how many millimetres an independent search of the way back misses the start.
 */
export function deform(
  pair: PreparedPair,
  deformable: Deformable,
  { preprocessing }: RegistrationPlan,
  { transform }: Candidate,
  before: SimilarityMeasures | null,
  onProgress: (fraction: number) => void,
): Deformed {
  const { fixedLevels, fixed } = pair;
  const movingLevels = preprocessing.matchHistogram
    ? matchedTo(fixed.levels[0]!, fixed.foreground, pair)
    : pair.movingLevels;
  const { field } = search(deformable, fixedLevels, movingLevels, transform, (fraction) =>
    onProgress(SHARE_OF_THE_WAY_THERE * fraction),
  );
  const finest = fixedLevels[0]!;
  const assessment = fixed.assess.onGrid(warpVolume(levelLike(pair.movingLevels, finest), field, { outside: 'edge' }));
  return {
    ...assessment,
    field,
    quality: {
      coverage: assessment.coverage,
      nmiGain: nmiGainOf(before, assessment.measures),
      inverseConsistencyMm: wayBackOf(deformable, pair, movingLevels, field, transform),
      ...foldsOf(jacobianMap(field), fixed.foreground),
    },
  };
}

/** Every level of the fixed image with the one of the moving image that is most like it. */
function search(
  deformable: Deformable,
  fixed: readonly Level[],
  movingLevels: readonly Level[],
  initial: Matrix4,
  onProgress?: (fraction: number) => void,
): Deformation {
  const moving = fixed.map((level) => levelLike(movingLevels, level));
  const options = onProgress === undefined ? {} : { onProgress };
  return deformable.method === 'ffd'
    ? freeFormDeformation(fixed, moving, initial, deformable, options)
    : demons(fixed, moving, initial, deformable, options);
}

/** By how many mm there and back miss, searched on and measured at every second voxel where there is such a level. */
function wayBackOf(
  deformable: Deformable,
  { fixedLevels, fixed }: PreparedPair,
  movingLevels: readonly Level[],
  field: DisplacementField,
  transform: Matrix4,
): number | null {
  const coarse = fixedLevels[1] ?? fixedLevels[0]!;
  const first = movingLevels.indexOf(levelLike(movingLevels, coarse));
  const { field: back } = search(deformable, movingLevels.slice(first), fixedLevels, invert(transform));
  const [{ mask } = { mask: undefined }] = withMask([coarse], fixedLevels[0]!, fixed.foreground);
  return roundTripMm(fieldOnGrid(field, coarse), back, mask);
}

/** The levels of the moving image with the distribution of the fixed image's values, each inside its foreground. */
function matchedTo(reference: Level, foreground: Uint8Array, { movingLevels }: PreparedPair): readonly Level[] {
  const finest = movingLevels[0]!;
  const map = histogramMapping(finest.voxels, foregroundOf(finest), reference.voxels, foreground);
  return movingLevels.map((level) => ({ ...level, voxels: level.voxels.map(map) }));
}
