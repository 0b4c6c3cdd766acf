import { indexToWorld, transformPoint, type Matrix4 } from '../../src/ml/registration/transform.ts';
import { voxelCount, type VolumeGeometry, type VolumeShape } from '../../src/twins/volume.ts';
import type { SyntheticPair } from './synthetic-pair.ts';

/** How far a found map is from the truth, over the mask. */
export interface MapError {
  /** Target registration error: mean distance in mm. */
  readonly meanMm: number;
  /** Share of the mask where the found map folds over itself, 0..100. */
  readonly foldedPercent: number;
}

/** An affine map (LPS mm to LPS mm) as displacements on a grid: planar [3][D,H,W], mm. */
export function displacementsOfMatrix(matrix: Matrix4, grid: VolumeGeometry): Float32Array {
  const [depth, height, width] = grid.shape;
  const toWorld = indexToWorld(grid);
  const count = depth * height * width;
  const out = new Float32Array(3 * count);
  for (let z = 0, i = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        const point = transformPoint(toWorld, x, y, z);
        const mapped = transformPoint(matrix, ...point);
        for (let axis = 0; axis < 3; axis++) out[axis * count + i] = mapped[axis]! - point[axis]!;
      }
    }
  }
  return out;
}

/** Compares displacements (planar [3][D,H,W], mm) with the truth of a pair. */
export function mapError(found: Float32Array, { truth, mask, fixed: { shape } }: SyntheticPair): MapError {
  const count = voxelCount(shape);
  let [sum, folded, masked] = [0, 0, 0];
  const jacobian = jacobianOf(found, shape);
  for (let i = 0; i < count; i++) {
    if (mask[i] === 0) continue;
    masked++;
    sum += Math.hypot(
      found[i]! - truth[i]!,
      found[count + i]! - truth[count + i]!,
      found[2 * count + i]! - truth[2 * count + i]!,
    );
    folded += Number(jacobian(i) <= 0);
  }
  return { meanMm: sum / masked, foldedPercent: (100 * folded) / masked };
}

/** Determinant of the map's Jacobian at a voxel, by central differences; spacing is 1 mm. */
function jacobianOf(displacements: Float32Array, [depth, height, width]: VolumeShape): (i: number) => number {
  const count = depth * height * width;
  const axes = [
    { size: width, stride: 1 },
    { size: height, stride: width },
    { size: depth, stride: width * height },
  ];
  const m = new Float64Array(9);
  return (i) => {
    for (const [column, { size, stride }] of axes.entries()) {
      const position = Math.floor(i / stride) % size;
      const low = position > 0 ? i - stride : i;
      const high = position < size - 1 ? i + stride : i;
      for (let row = 0; row < 3; row++) {
        const slope =
          high === low
            ? 0
            : (displacements[row * count + high]! - displacements[row * count + low]!) / ((high - low) / stride);
        m[3 * row + column] = slope + Number(row === column);
      }
    }
    return (
      m[0]! * (m[4]! * m[8]! - m[5]! * m[7]!) -
      m[1]! * (m[3]! * m[8]! - m[5]! * m[6]!) +
      m[2]! * (m[3]! * m[7]! - m[4]! * m[6]!)
    );
  };
}
