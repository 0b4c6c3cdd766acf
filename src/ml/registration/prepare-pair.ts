import type { RegistrationRequest } from '../../twins/registration.ts';
import type { Volume } from '../../twins/volume.ts';
import type { Level } from './cost.ts';
import { sideProblemOf } from './image-side.ts';
import { maskProblemOf, problemOf } from './input-check.ts';
import { windowOf } from './intensity-window.ts';
import { withMask, withStrictMask } from './level-masks.ts';
import { localFrameOf, type LocalFrame } from './local-frame.ts';
import { measuredWithin, type PreparedFixed, type PrepareFixed } from './prepare-fixed.ts';
import { pyramidOf } from './pyramid.ts';
import { sharedPlaneOf } from './shared-plane.ts';
import { identityMatrix, type Matrix4 } from './transform.ts';

/** Two images that can be compared, scaled to 0..1, bright where the patient is. */
export interface PreparedPair {
  readonly fixed: PreparedFixed;
  /** What the search compares: the levels of the fixed image, with a mask where one is to be heeded. */
  readonly fixedLevels: readonly Level[];
  readonly movingLevels: readonly Level[];
  /** The moving image itself where {@link toMoving} leads from. */
  readonly moving: Volume;
  /** From where a single slice was laid into the plane of the fixed one to where it really lies, LPS mm. */
  readonly toMoving: Matrix4;
  readonly frame: LocalFrame;
}

/** Prepares a pair, or says for a clinician why it cannot be compared. */
export function preparePair(
  { fixed, moving, plan, presentations, masks }: RegistrationRequest,
  prepare: PrepareFixed,
): PreparedPair | string {
  const { percentiles, side, compare } = plan.preprocessing;
  const problem = sideProblemOf(side, presentations);
  if (problem !== null) {
    return problem;
  }
  const prepared = prepare(fixed, percentiles, presentations?.fixed.isInverted ?? false);
  if (typeof prepared === 'string') {
    return prepared;
  }
  const movingProblem =
    problemOf('The image', moving) ??
    maskProblemOf('The reference image', masks?.fixed, fixed) ??
    maskProblemOf('The image', masks?.moving, moving);
  if (movingProblem !== null) {
    return movingProblem;
  }
  if ((fixed.shape[0] === 1) !== (moving.shape[0] === 1)) {
    return 'One of the images is a single slice and the other a volume; they cannot be aligned.';
  }
  const plane = fixed.shape[0] === 1 ? sharedPlaneOf(fixed, moving) : { moving, toMoving: identityMatrix() };
  if (plane === null) {
    return 'The images are single slices of different planes; they cannot be aligned.';
  }
  const window = windowOf(moving.voxels, percentiles, presentations?.moving.isInverted);
  if (window === null) {
    return 'The image is blank.';
  }
  const movingLevels = pyramidOf(plane.moving, window);
  const compared = masks?.fixed === undefined ? prepared : within(prepared, fixed, masks.fixed);
  const { levels } = compared;
  return {
    fixed: compared,
    fixedLevels: compare === 'foreground' ? withMask(levels, levels[0]!, compared.foreground) : levels,
    movingLevels:
      masks?.moving === undefined ? movingLevels : withStrictMask(movingLevels, plane.moving, masks.moving, true),
    moving: plane.moving,
    toMoving: plane.toMoving,
    frame: localFrameOf(fixed),
  };
}

/** A fixed image of which only a part is compared, given by one byte per voxel. */
function within(whole: PreparedFixed, image: Volume, mask: Uint8Array): PreparedFixed {
  const masked = withStrictMask(whole.levels, image, mask, false);
  const { mask: compared } = masked[0]!;
  return measuredWithin(masked, () => whole.foreground.map((value, i) => value & compared![i]!));
}
