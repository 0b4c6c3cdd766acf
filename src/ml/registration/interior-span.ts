/**
 * Which voxels of a row fall between the voxels of an image, where interpolation needs no care for borders: those x in
 * `from` <= x < `to` of 0..length-1 for which `start + x * slope` lies in 0 <= p < last along every axis. An axis of one voxel
 * (last 0) has no inside to fall into; positions up to half a voxel from it count. All in voxels of the image.
 */
export interface InteriorSpan {
  from: number;
  to: number;
}

/** Finds the span of a row into `span`, whose borders are checked by the very sums that interpolation uses. */
export function findInteriorSpan(
  span: InteriorSpan,
  length: number,
  start: readonly [number, number, number],
  slope: readonly [number, number, number],
  last: readonly [number, number, number],
): void {
  let from = 0;
  let to = length;
  for (let axis = 0; axis < 3; axis++) {
    const [lowest, highest] = last[axis] === 0 ? [-0.5, 0.5] : [0, last[axis]!];
    const step = slope[axis]!;
    const inside = (x: number): boolean => {
      const p = start[axis]! + step * x;
      return p >= lowest && p < highest;
    };
    if (step !== 0) {
      const [a, b] = [(lowest - start[axis]!) / step, (highest - start[axis]!) / step];
      from = Math.max(from, Math.floor(Math.min(a, b)));
      to = Math.min(to, Math.ceil(Math.max(a, b)) + 1);
    }
    while (from < to && !inside(from)) {
      from++;
      if (step === 0) {
        from = to;
      }
    }
    while (from < to && !inside(to - 1)) {
      to--;
    }
  }
  span.from = from < to ? from : 0;
  span.to = from < to ? to : 0;
}
