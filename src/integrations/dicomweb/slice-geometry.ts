import { DomainError } from '../../errors.ts';
import type { FrameDescription } from './frame-description.ts';

type Vector = readonly [number, number, number];

/** One frame with all that its place needs. */
export interface PlacedFrame {
  readonly position: Vector;
  /** Unit LPS direction of growing column index. */
  readonly alongColumns: Vector;
  /** Unit LPS direction of growing row index. */
  readonly alongRows: Vector;
  readonly pixelSpacing: readonly [row: number, column: number];
}

/** Direction cosines are written with few digits: this is 0.06 degrees. */
const ANGLE_TOLERANCE = 1e-3;

/** Scalar product of two LPS vectors. */
export const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
/** Vector product of two LPS vectors: right-handed, so rows x columns is the slice normal (PS3.3 C.7.6.2.1.1). */
export const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

/**
 * The place of a frame.
 * @returns null where the frame states neither position nor orientation, as projections and photographs do.
 * @throws {DomainError} UNSUPPORTED where it states half of it, or what cannot be a plane.
 */
export function placeFrame(frame: FrameDescription): PlacedFrame | null {
  const { position, orientation, pixelSpacing } = frame;
  if (pixelSpacing === null) {
    throw new DomainError('UNSUPPORTED', 'The images do not state the distance between their pixels (PixelSpacing).');
  }
  if (position === null && orientation === null) return null;
  if (position === null || orientation === null) {
    throw new DomainError('UNSUPPORTED', 'The images do not state where in the patient they lie.');
  }
  const alongColumns: Vector = [orientation[0]!, orientation[1]!, orientation[2]!];
  const alongRows: Vector = [orientation[3]!, orientation[4]!, orientation[5]!];
  const isOrthonormal =
    Math.abs(dot(alongColumns, alongColumns) - 1) < 2 * ANGLE_TOLERANCE &&
    Math.abs(dot(alongRows, alongRows) - 1) < 2 * ANGLE_TOLERANCE &&
    Math.abs(dot(alongColumns, alongRows)) < ANGLE_TOLERANCE;
  if (!isOrthonormal) {
    throw new DomainError('UNSUPPORTED', 'The images state an orientation that is not a plane.');
  }
  return { position, alongColumns, alongRows, pixelSpacing };
}

/** Every frame must lie parallel to the first, with the same pixel spacing. */
export function requireParallel(frames: readonly PlacedFrame[]): void {
  const first = frames[0]!;
  for (const frame of frames) {
    const differs = (a: Vector, b: Vector) =>
      Math.max(...a.map((value, axis) => Math.abs(value - b[axis]!))) > ANGLE_TOLERANCE;
    if (differs(frame.alongColumns, first.alongColumns) || differs(frame.alongRows, first.alongRows)) {
      throw new DomainError('UNSUPPORTED', 'The series mixes images of several orientations.');
    }
    const isSpacedAlike = frame.pixelSpacing.every(
      (value, axis) => Math.abs(value - first.pixelSpacing[axis]!) <= 1e-3 * first.pixelSpacing[axis]!,
    );
    if (!isSpacedAlike) throw new DomainError('UNSUPPORTED', 'The series mixes images of several pixel sizes.');
  }
}

/**
 * The distance between slices that were sorted along their normal.
 *
 * Gaps may differ from the median gap by 2 % or 0.02 mm, whichever is more: scanners round positions. Across the stack,
 * slices may drift in their plane by half a pixel: more is a tilted gantry, whose stack is sheared.
 * @param offsets position of every slice along the normal in mm, ascending, no two alike.
 * @throws {DomainError} SOURCE_INCOMPLETE where slices are missing, UNSUPPORTED for uneven or tilted stacks.
 */
export function sliceSpacing(frames: readonly PlacedFrame[], offsets: readonly number[]): number {
  const gaps = offsets.slice(1).map((offset, index) => offset - offsets[index]!);
  const median = [...gaps].sort((a, b) => a - b)[Math.floor((gaps.length - 1) / 2)]!;
  const tolerance = Math.max(0.02, 0.02 * median);
  const missing = gaps.reduce((sum, gap) => {
    const steps = Math.round(gap / median);
    return steps >= 2 && Math.abs(gap - steps * median) <= tolerance * steps ? sum + steps - 1 : sum;
  }, 0);
  if (missing > 0) {
    const count = missing === 1 ? '1 slice is' : `${missing} slices are`;
    throw new DomainError('SOURCE_INCOMPLETE', `The series has gaps: ${count} missing between its first and its last.`);
  }
  if (gaps.some((gap) => Math.abs(gap - median) > tolerance)) {
    throw new DomainError('UNSUPPORTED', 'The slices of the series are not equally spaced.');
  }
  const first = frames[0]!;
  const last = frames.at(-1)!;
  const step: Vector = [
    last.position[0] - first.position[0],
    last.position[1] - first.position[1],
    last.position[2] - first.position[2],
  ];
  const drift = Math.max(Math.abs(dot(step, first.alongColumns)), Math.abs(dot(step, first.alongRows)));
  if (drift > 0.5 * Math.min(...first.pixelSpacing)) {
    throw new DomainError('UNSUPPORTED', 'The series was acquired with a tilted gantry, which is not supported.');
  }
  return (offsets.at(-1)! - offsets[0]!) / gaps.length;
}
