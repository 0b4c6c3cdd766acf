import type { Volume } from '../../twins/volume.ts';
import { centreOf, compose, identityMatrix, invert, transformPoint, type Matrix4 } from './transform.ts';

/** Single slices whose planes differ by more than this show different anatomy. */
const LARGEST_TILT = (30 * Math.PI) / 180;

/** A slice brought into the plane of another, and the transform (LPS mm, rigid) from there to where it really lies. */
export interface SharedPlane {
  readonly moving: Volume;
  readonly toMoving: Matrix4;
}

/**
 * A pair of single slices can only be aligned in a plane: the moving slice is tilted and shifted by the shortest way into
 * the plane of the fixed one. Nothing happens to slices of one plane. Null when the planes are more than 30 degrees apart.
 */
export function sharedPlaneOf(fixed: Volume, moving: Volume): SharedPlane | null {
  const normal = normalOf(fixed);
  let other = normalOf(moving);
  let cosine = dot(normal, other);
  if (cosine < 0) {
    other = [-other[0], -other[1], -other[2]];
    cosine = -cosine;
  }
  if (cosine < Math.cos(LARGEST_TILT)) {
    return null;
  }
  const toMoving = tilt(normal, other, cosine);
  const centre = centreOf(fixed);
  const turned = transformPoint(toMoving, ...centre);
  const gap = dot(other, [
    moving.originMm[0] - centre[0],
    moving.originMm[1] - centre[1],
    moving.originMm[2] - centre[2],
  ]);
  for (let row = 0; row < 3; row++) {
    toMoving[4 * row + 3] = centre[row]! - turned[row]! + (Math.abs(gap) < 1e-6 ? 0 : gap * other[row]!);
  }
  const back = invert(toMoving);
  const [x, y, z] = moving.originMm;
  const frame = identityMatrix();
  for (let row = 0; row < 3; row++) {
    frame.set(moving.direction.slice(3 * row, 3 * row + 3), 4 * row);
  }
  const direction = compose(back, frame);
  return {
    moving: {
      ...moving,
      originMm: transformPoint(back, x, y, z),
      direction: [0, 1, 2, 4, 5, 6, 8, 9, 10].map((k) => direction[k]!),
    },
    toMoving,
  };
}

/** The shortest rotation that turns one unit vector into another (Rodrigues). */
function tilt(from: Vector, to: Vector, cosine: number): Matrix4 {
  const [x, y, z] = [
    from[1] * to[2] - from[2] * to[1],
    from[2] * to[0] - from[0] * to[2],
    from[0] * to[1] - from[1] * to[0],
  ];
  const out = identityMatrix();
  if (Math.hypot(x, y, z) < 1e-9) {
    return out;
  }
  const cross = [0, -z, y, z, 0, -x, -y, x, 0];
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 3; column++) {
      const square = [0, 1, 2].reduce((sum, k) => sum + cross[3 * row + k]! * cross[3 * k + column]!, 0);
      out[4 * row + column]! += cross[3 * row + column]! + square / (1 + cosine);
    }
  }
  return out;
}

type Vector = readonly [number, number, number];

const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

function normalOf({ direction: d }: Volume): [number, number, number] {
  const normal: [number, number, number] = [
    d[3]! * d[7]! - d[6]! * d[4]!,
    d[6]! * d[1]! - d[0]! * d[7]!,
    d[0]! * d[4]! - d[3]! * d[1]!,
  ];
  const length = Math.hypot(...normal);
  return [normal[0] / length, normal[1] / length, normal[2] / length];
}
