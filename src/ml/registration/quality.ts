import type { RegistrationPlan } from '../../twins/registration-plan.ts';
import type { RegistrationQuality, SimilarityMeasures } from '../../twins/registration.ts';
import { voxelCount, type VolumeGeometry } from '../../twins/volume.ts';
import { refine, type GlobalMethod } from './align.ts';
import type { Candidate } from './candidate.ts';
import { localFrameOf, worldOfLocal } from './local-frame.ts';
import type { PreparedPair } from './prepare-pair.ts';
import {
  compose,
  determinantOf,
  identityMatrix,
  indexToWorld,
  invert,
  transformPoint,
  type Matrix4,
} from './transform.ts';

/** Points of the foreground that a mean distance is taken over. */
const SAMPLE = 2000;
/** How far copies are displaced that show what NMI unaligned images of these anatomies share: of the extent of an axis. */
const DISPLACEMENT = 1 / 8;

/** Measures a global alignment. */
export function globalQuality(
  pair: PreparedPair,
  cost: RegistrationPlan['cost'],
  best: Candidate,
  before: SimilarityMeasures | null,
): RegistrationQuality {
  const determinant = determinantOf(best.transform);
  return {
    coverage: best.coverage,
    nmiGain: nmiGainOf(before, best.measures),
    inverseConsistencyMm: wayBackOf(pair, cost, best),
    foldedPercent: determinant > 0 ? 0 : 100,
    minimumJacobian: determinant,
  };
}

/** How much NMI an alignment adds; null where it cannot be said. */
export const nmiGainOf = (before: SimilarityMeasures | null, after: SimilarityMeasures | null): number | null =>
  before === null || after === null ? null : after.nmi - before.nmi;

/**
 * NMI over that of copies displaced by an eighth of the image along each axis, there and back, or over that of the
 * headers' position where this is less: what the alignment itself tells, even where the headers were right already.
 */
export function gainOverDisplaced(
  { fixed, movingLevels, frame }: PreparedPair,
  { transform, measures }: Candidate,
  before: SimilarityMeasures | null,
): number | null {
  if (measures === null) {
    return null;
  }
  const { shape, spacingMm } = fixed.levels[0]!;
  const displaced = (frame.flat ? [0, 1] : [0, 1, 2]).flatMap((axis) =>
    [-1, 1].flatMap((sign) => {
      const shift = identityMatrix();
      shift[4 * axis + 3] = sign * DISPLACEMENT * shape[2 - axis]! * spacingMm[2 - axis]!;
      return fixed.assess.under(movingLevels, compose(transform, worldOfLocal(frame, shift))).measures?.nmi ?? [];
    }),
  );
  const apart = displaced.length === 0 ? null : displaced.reduce((sum, nmi) => sum + nmi, 0) / displaced.length;
  const least = Math.min(apart ?? Infinity, before?.nmi ?? Infinity);
  return least === Infinity ? null : measures.nmi - least;
}

/** Mean distance in mm between points of the fixed foreground and where an alignment of the way back puts them. */
function wayBackOf(
  { fixed, movingLevels, fixedLevels, moving }: PreparedPair,
  cost: RegistrationPlan['cost'],
  { kind, transform }: Candidate,
): number | null {
  const frame = localFrameOf(moving);
  const start = compose(frame.fromWorld, compose(invert(transform), frame.toWorld));
  const method: GlobalMethod = kind === 'identity' ? 'rigid' : kind;
  const found = refine(movingLevels, fixedLevels, frame, cost, method, start, true);
  if (found === null) {
    return null;
  }
  const round = compose(worldOfLocal(frame, found), transform);
  return meanDistance(foregroundPoints(fixed.foreground, fixed.levels[0]!), round);
}

/** Up to 2000 evenly strided points of a mask on a grid, LPS mm. */
function foregroundPoints(
  mask: Uint8Array,
  grid: VolumeGeometry,
): readonly (readonly [x: number, y: number, z: number])[] {
  const [, height, width] = grid.shape;
  const toWorld = indexToWorld(grid);
  const size = mask.reduce((sum, value) => sum + (value === 0 ? 0 : 1), 0);
  const step = Math.max(1, Math.ceil(size / SAMPLE));
  const points: [number, number, number][] = [];
  for (let i = 0, k = 0; i < voxelCount(grid.shape); i++) {
    if (mask[i] !== 0 && k++ % step === 0) {
      const row = Math.floor(i / width);
      points.push(transformPoint(toWorld, i % width, row % height, Math.floor(row / height)));
    }
  }
  return points;
}

function meanDistance(points: readonly (readonly [number, number, number])[], round: Matrix4): number | null {
  if (points.length === 0) {
    return null;
  }
  return (
    points.reduce((sum, [x, y, z]) => {
      const [u, v, w] = transformPoint(round, x, y, z);
      return sum + Math.hypot(u - x, v - y, w - z);
    }, 0) / points.length
  );
}
