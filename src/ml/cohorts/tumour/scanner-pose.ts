import type { RandomStream } from '../random-stream.ts';

/** How the patient lies in the scanner at one visit: scanner = rotation (about the head centre) of anatomy, plus shift. */
export interface ScannerPose {
  /** Degrees about the LPS axes x, y, z, applied in this order. */
  readonly rotationDeg: readonly [x: number, y: number, z: number];
  readonly shiftMm: readonly [x: number, y: number, z: number];
}

/** Lying exactly as the atlas of the patient does. */
export const NEUTRAL_POSE: ScannerPose = { rotationDeg: [0, 0, 0], shiftMm: [0, 0, 0] };

/**
 * Draws a pose: up to 4 degrees in plane and 1 degree of nod and tilt, up to 4 mm in plane and 1.5 mm along the bed. Technologists
 * plan slices on landmarks, so that the tilt left over is smaller than the turn.
 */
export const drawScannerPose = (random: RandomStream): ScannerPose => ({
  rotationDeg: [random.between(-1, 1), random.between(-1, 1), random.between(-4, 4)],
  shiftMm: [random.between(-4, 4), random.between(-4, 4), random.between(-1.5, 1.5)],
});

/** Row-major 3x3 rotation of a pose: Rz * Ry * Rx. */
export function rotationOf({ rotationDeg }: ScannerPose): readonly number[] {
  const [a, b, c] = rotationDeg.map((degrees) => (degrees * Math.PI) / 180) as [number, number, number];
  const [sa, ca, sb, cb, sc, cc] = [Math.sin(a), Math.cos(a), Math.sin(b), Math.cos(b), Math.sin(c), Math.cos(c)];
  return [
    cc * cb,
    cc * sb * sa - sc * ca,
    cc * sb * ca + sc * sa,
    sc * cb,
    sc * sb * sa + cc * ca,
    sc * sb * ca - cc * sa,
    -sb,
    cb * sa,
    cb * ca,
  ];
}

/** The place in the scanner (LPS mm) of a place in the patient's own coordinates. */
export function toScanner(pose: ScannerPose, [x, y, z]: readonly [number, number, number]): [number, number, number] {
  const r = rotationOf(pose);
  const [dx, dy, dz] = pose.shiftMm;
  return [
    r[0]! * x + r[1]! * y + r[2]! * z + dx,
    r[3]! * x + r[4]! * y + r[5]! * z + dy,
    r[6]! * x + r[7]! * y + r[8]! * z + dz,
  ];
}
