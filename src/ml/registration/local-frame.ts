import type { VolumeGeometry } from '../../twins/volume.ts';
import { centreOf, compose, identityMatrix, invert, type Matrix4 } from './transform.ts';

/**
 * The frame that alignments are searched in: mm along the axes of the fixed image, origin at its centre. There a rotation
 * turns the image about its middle, so that rotation and shift hardly depend on each other, and a 2-D alignment is one
 * that leaves the third coordinate alone.
 */
export interface LocalFrame {
  readonly toWorld: Matrix4;
  readonly fromWorld: Matrix4;
  /** True for a single slice, which moves in its own plane only. */
  readonly flat: boolean;
}

/** The frame in which a transform of `fixed` is sought: its own axes in mm, about its centre. */
export function localFrameOf(fixed: VolumeGeometry): LocalFrame {
  const toWorld = identityMatrix();
  const centre = centreOf(fixed);
  for (let row = 0; row < 3; row++) {
    toWorld.set(fixed.direction.slice(3 * row, 3 * row + 3), 4 * row);
    toWorld[4 * row + 3] = centre[row]!;
  }
  return { toWorld, fromWorld: invert(toWorld), flat: fixed.shape[0] === 1 };
}

/** A transform of the local frame as one of LPS mm. */
export const worldOfLocal = (frame: LocalFrame, local: Matrix4): Matrix4 =>
  compose(frame.toWorld, compose(local, frame.fromWorld));
