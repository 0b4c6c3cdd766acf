import type { RegistrationPlan } from '../../twins/registration-plan.ts';
import type {
  DisplacementField,
  RegistrationQuality,
  SimilarityMeasures,
  SplineDeformation,
} from '../../twins/registration.ts';
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
import type { InferenceLine } from './learned/inference-thread.ts';
import { learnedDeformation } from './learned/learned-deformation.ts';
import { withMask } from './level-masks.ts';
import type { PreparedPair } from './prepare-pair.ts';
import { levelLike } from './pyramid.ts';
import { nmiGainOf } from './quality.ts';
import { invert, type Matrix4 } from './transform.ts';
import { FaultError } from '../../errors.ts';

/** Of the time of the way there and the way back. */
const SHARE_OF_THE_WAY_THERE = 0.7;
/** Voxels of the second finest level from which on the way back is searched there: a coarse way back misses by its own error. */
const LARGE = 2 ** 16;

type Deformable = NonNullable<RegistrationPlan['deformable']>;

/** What a deformable method made of a global alignment. */
export interface Deformed extends Assessment {
  /** From the fixed image to the shared plane, LPS mm. */
  readonly field: DisplacementField;
  /** The same map as its parameters, where the method has any. */
  readonly splines: SplineDeformation | null;
  readonly quality: RegistrationQuality;
}

export interface DeformationOptions {
  readonly onProgress: (fraction: number) => void;
  /** To the thread of the networks, for a learned deformation. */
  readonly line: InferenceLine | null;
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
  { onProgress, line }: DeformationOptions,
): Deformed {
  const { fixedLevels, fixed } = pair;
  const movingLevels = preprocessing.matchHistogram
    ? matchedTo(fixed.levels[0]!, fixed.foreground, pair)
    : pair.movingLevels;
  const { field, splines } = search(deformable, fixedLevels, movingLevels, transform, {
    line,
    onProgress: (fraction) => onProgress(SHARE_OF_THE_WAY_THERE * fraction),
  });
  const finest = fixedLevels[0]!;
  const assessment = fixed.assess.onGrid(warpVolume(levelLike(pair.movingLevels, finest), field, { outside: 'edge' }));
  return {
    ...assessment,
    field,
    splines,
    quality: {
      coverage: assessment.coverage,
      nmiGain: nmiGainOf(before, assessment.measures),
      inverseConsistencyMm: wayBackOf(deformable, pair, movingLevels, field, transform, line),
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
  { line, ...options }: Partial<DeformationOptions> & Pick<DeformationOptions, 'line'>,
): Deformation {
  const moving = fixed.map((level) => levelLike(movingLevels, level));
  switch (deformable.method) {
    case 'ffd':
      return freeFormDeformation(fixed, moving, initial, deformable, options);
    case 'demons':
      return demons(fixed, moving, initial, deformable, options);
    case 'voxelmorph':
      if (line === null) throw new FaultError('a learned deformation needs the thread of the networks');
      return learnedDeformation(fixed, moving, initial, { ...deformable, line }, options);
  }
}

/** By how many mm there and back miss; of a large image searched on and measured at every second voxel. */
function wayBackOf(
  deformable: Deformable,
  { fixedLevels, fixed }: PreparedPair,
  movingLevels: readonly Level[],
  field: DisplacementField,
  transform: Matrix4,
  line: InferenceLine | null,
): number | null {
  const [finest, second] = fixedLevels;
  const coarse = second !== undefined && second.voxels.length >= LARGE ? second : finest!;
  const first = movingLevels.indexOf(levelLike(movingLevels, coarse));
  const { field: back } = search(deformable, movingLevels.slice(first), fixedLevels, invert(transform), { line });
  const [{ mask } = { mask: undefined }] = withMask([coarse], finest!, fixed.foreground);
  return roundTripMm(coarse === finest ? field : fieldOnGrid(field, coarse), back, mask);
}

/** The levels of the moving image with the distribution of the fixed image's values, each inside its foreground. */
function matchedTo(reference: Level, foreground: Uint8Array, { movingLevels }: PreparedPair): readonly Level[] {
  const finest = movingLevels[0]!;
  const map = histogramMapping(finest.voxels, foregroundOf(finest), reference.voxels, foreground);
  return movingLevels.map((level) => ({ ...level, voxels: level.voxels.map(map) }));
}
