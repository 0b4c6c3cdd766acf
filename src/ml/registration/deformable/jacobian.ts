import type { DisplacementField } from '../../../twins/registration.ts';
import { voxelCount } from '../../../twins/volume.ts';

/**
 * The determinant of the Jacobian of a map at each voxel, [D,H,W]: the ratio of volumes (of areas in a single slice), moving
 * to fixed; 0 and below the map folds. By central differences, one-sided at the border.
 */
export function jacobianMap({ geometry, vectorsMm }: DisplacementField): Float32Array {
  const [depth, height, width] = geometry.shape;
  const [dz, dy, dx] = geometry.spacingMm;
  const { direction } = geometry;
  const count = voxelCount(geometry.shape);
  const slice = width * height;
  const out = new Float32Array(count);
  const vx = vectorsMm.subarray(0, count);
  const vy = vectorsMm.subarray(count, 2 * count);
  const vz = vectorsMm.subarray(2 * count);
  const [r0, r1, r2, r3, r4, r5, r6, r7, r8] = direction as Nine;
  // A rotation of the axes has the determinant 1 or, where they are left-handed, -1.
  const handed = r0 * (r4 * r8 - r5 * r7) - r1 * (r3 * r8 - r5 * r6) + r2 * (r3 * r7 - r4 * r6);
  for (let z = 0, i = 0; z < depth; z++) {
    const [z0, z1] = [z > 0 ? slice : 0, z < depth - 1 ? slice : 0];
    const perZ = z0 + z1 === 0 ? 0 : slice / ((z0 + z1) * dz);
    for (let y = 0; y < height; y++) {
      const [y0, y1] = [y > 0 ? width : 0, y < height - 1 ? width : 0];
      const perY = y0 + y1 === 0 ? 0 : width / ((y0 + y1) * dy);
      for (let x = 0; x < width; x++, i++) {
        const [x0, x1] = [x > 0 ? 1 : 0, x < width - 1 ? 1 : 0];
        const perX = x0 + x1 === 0 ? 0 : 1 / ((x0 + x1) * dx);
        const ax = r0 + perX * (vx[i + x1]! - vx[i - x0]!);
        const ay = r3 + perX * (vy[i + x1]! - vy[i - x0]!);
        const az = r6 + perX * (vz[i + x1]! - vz[i - x0]!);
        const bx = r1 + perY * (vx[i + y1]! - vx[i - y0]!);
        const by = r4 + perY * (vy[i + y1]! - vy[i - y0]!);
        const bz = r7 + perY * (vz[i + y1]! - vz[i - y0]!);
        const cx = r2 + perZ * (vx[i + z1]! - vx[i - z0]!);
        const cy = r5 + perZ * (vy[i + z1]! - vy[i - z0]!);
        const cz = r8 + perZ * (vz[i + z1]! - vz[i - z0]!);
        out[i] = handed * (ax * (by * cz - bz * cy) - bx * (ay * cz - az * cy) + cx * (ay * bz - az * by));
      }
    }
  }
  return out;
}

type Nine = readonly [number, number, number, number, number, number, number, number, number];

/** Folds and the smallest ratio of volumes over the voxels whose mask is not 0; without any, no folds and a ratio of 1. */
export function foldsOf(
  jacobian: Float32Array,
  mask?: Uint8Array,
): { readonly foldedPercent: number; readonly minimumJacobian: number } {
  let [count, folded, smallest] = [0, 0, Infinity];
  for (let i = 0; i < jacobian.length; i++) {
    if (mask !== undefined && mask[i] === 0) {
      continue;
    }
    const ratio = jacobian[i]!;
    count++;
    if (ratio <= 0) {
      folded++;
    }
    if (ratio < smallest) {
      smallest = ratio;
    }
  }
  return count === 0
    ? { foldedPercent: 0, minimumJacobian: 1 }
    : { foldedPercent: (100 * folded) / count, minimumJacobian: smallest };
}
