import { voxelCount, type VolumeGeometry } from '../../../twins/volume.ts';
import type { Level } from '../cost.ts';
import { compose, identityMatrix, indexToWorld, invert, type Matrix4 } from '../transform.ts';
import { componentsOf } from './control-lattice.ts';

/** The moving image at the displaced voxels of a fixed grid. */
export interface WarpedImage {
  readonly voxels: Float32Array;
  /** 1 where the displaced voxel falls between voxels of the moving image and no mask leaves it out, else 0. */
  readonly inView: Uint8Array;
  /** Derivative of each voxel by its displacement, per mm: x, y and (in volumes) z; 0 out of view. */
  readonly slopes: readonly Float32Array[];
  /** Samples anew at displacements in mm along the grid's own axes: x, y and (in volumes) z. */
  readonly sample: (displacements: readonly Float32Array[]) => void;
}

/** Along the grid's axes, in mm from its voxel 0, to LPS mm. */
export function axesToWorld({ direction, originMm }: VolumeGeometry): Matrix4 {
  const out = identityMatrix();
  for (let row = 0; row < 3; row++) {
    out.set(direction.slice(3 * row, 3 * row + 3), 4 * row);
    out[4 * row + 3] = originMm[row]!;
  }
  return out;
}

/**
 * Prepares sampling of `moving` on the voxels of `grid` by linear interpolation: voxel p is read where `transform` (LPS mm)
 * puts p plus its displacement. Voxels out of view keep the nearest value and have no slope; those that the grid's own mask
 * leaves out are 0.
 */
export function warpedImage(moving: Level, grid: Grid, transform: Matrix4): WarpedImage {
  const count = voxelCount(grid.shape);
  const voxels = new Float32Array(count);
  const inView = new Uint8Array(count);
  const slopes = Array.from({ length: componentsOf(grid) }, () => new Float32Array(count));
  const m = compose(invert(indexToWorld(moving)), compose(transform, axesToWorld(grid)));
  const target = { voxels, inView, slopes };
  const sample =
    slopes.length === 2
      ? (displacements: readonly Float32Array[]) => sampleSlice(moving, grid, m, displacements, target)
      : (displacements: readonly Float32Array[]) => sampleVolume(moving, grid, m, displacements, target);
  return { ...target, sample };
}

type Grid = VolumeGeometry & Pick<Level, 'mask'>;
type Target = Omit<WarpedImage, 'sample'>;

function sampleSlice(
  { voxels: data, shape, mask: movingMask }: Level,
  { shape: [, height, width], spacingMm: [, dy, dx], mask }: Grid,
  m: Matrix4,
  displacements: readonly Float32Array[],
  { voxels, inView, slopes }: Target,
): void {
  const [sx, sy] = [displacements[0]!, displacements[1]!];
  const [gx, gy] = [slopes[0]!, slopes[1]!];
  const stride = shape[2];
  const [lastX, lastY] = [shape[2] - 1, shape[1] - 1];
  const [cellX, cellY] = [Math.max(0, lastX - 1), Math.max(0, lastY - 1)];
  const [stepX, stepY] = [lastX > 0 ? 1 : 0, lastY > 0 ? stride : 0];
  const [m0, m1, m3, m4, m5, m7] = [m[0]!, m[1]!, m[3]!, m[4]!, m[5]!, m[7]!];
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (mask !== undefined && mask[i] === 0) {
        continue;
      }
      const px = x * dx + sx[i]!;
      const py = y * dy + sy[i]!;
      let qx = m0 * px + m1 * py + m3;
      let qy = m4 * px + m5 * py + m7;
      const inside = qx >= 0 && qy >= 0 && qx <= lastX && qy <= lastY;
      if (!inside) {
        qx = qx > 0 ? (qx < lastX ? qx : lastX) : 0;
        qy = qy > 0 ? (qy < lastY ? qy : lastY) : 0;
      }
      const ix = qx < cellX ? qx | 0 : cellX;
      const iy = qy < cellY ? qy | 0 : cellY;
      const fx = qx - ix;
      const fy = qy - iy;
      const o = iy * stride + ix;
      const a = data[o]!;
      const c = data[o + stepY]!;
      const ab = data[o + stepX]! - a;
      const cd = data[o + stepY + stepX]! - c;
      const top = a + fx * ab;
      const down = c + fx * cd - top;
      voxels[i] = top + fy * down;
      if (inside && (movingMask === undefined || movingMask[((qy + 0.5) | 0) * stride + ((qx + 0.5) | 0)] !== 0)) {
        const across = ab + fy * (cd - ab);
        inView[i] = 1;
        gx[i] = m0 * across + m4 * down;
        gy[i] = m1 * across + m5 * down;
      } else {
        inView[i] = 0;
        gx[i] = 0;
        gy[i] = 0;
      }
    }
  }
}

function sampleVolume(
  { voxels: data, shape, mask: movingMask }: Level,
  { shape: [depth, height, width], spacingMm: [dz, dy, dx], mask }: Grid,
  m: Matrix4,
  displacements: readonly Float32Array[],
  { voxels, inView, slopes }: Target,
): void {
  const [sx, sy, sz] = [displacements[0]!, displacements[1]!, displacements[2]!];
  const [gx, gy, gz] = [slopes[0]!, slopes[1]!, slopes[2]!];
  const [lastZ, lastY, lastX] = [shape[0] - 1, shape[1] - 1, shape[2] - 1];
  const [cellX, cellY, cellZ] = [Math.max(0, lastX - 1), Math.max(0, lastY - 1), Math.max(0, lastZ - 1)];
  const stride = shape[2];
  const slice = stride * shape[1];
  const [stepX, stepY, stepZ] = [lastX > 0 ? 1 : 0, lastY > 0 ? stride : 0, lastZ > 0 ? slice : 0];
  const [m0, m1, m2, m3] = [m[0]!, m[1]!, m[2]!, m[3]!];
  const [m4, m5, m6, m7] = [m[4]!, m[5]!, m[6]!, m[7]!];
  const [m8, m9, m10, m11] = [m[8]!, m[9]!, m[10]!, m[11]!];
  for (let z = 0, i = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        if (mask !== undefined && mask[i] === 0) {
          continue;
        }
        const px = x * dx + sx[i]!;
        const py = y * dy + sy[i]!;
        const pz = z * dz + sz[i]!;
        let qx = m0 * px + m1 * py + m2 * pz + m3;
        let qy = m4 * px + m5 * py + m6 * pz + m7;
        let qz = m8 * px + m9 * py + m10 * pz + m11;
        const inside = qx >= 0 && qy >= 0 && qz >= 0 && qx <= lastX && qy <= lastY && qz <= lastZ;
        if (!inside) {
          qx = qx > 0 ? (qx < lastX ? qx : lastX) : 0;
          qy = qy > 0 ? (qy < lastY ? qy : lastY) : 0;
          qz = qz > 0 ? (qz < lastZ ? qz : lastZ) : 0;
        }
        const ix = qx < cellX ? qx | 0 : cellX;
        const iy = qy < cellY ? qy | 0 : cellY;
        const iz = qz < cellZ ? qz | 0 : cellZ;
        const fx = qx - ix;
        const fy = qy - iy;
        const fz = qz - iz;
        const o = iz * slice + iy * stride + ix;
        const p = o + stepZ;
        const a = data[o]!;
        const b = data[o + stepY]!;
        const c = data[p]!;
        const d = data[p + stepY]!;
        const ax = data[o + stepX]! - a;
        const bx = data[o + stepY + stepX]! - b;
        const cx = data[p + stepX]! - c;
        const ex = data[p + stepY + stepX]! - d;
        const nearTop = a + fx * ax;
        const nearDown = b + fx * bx - nearTop;
        const farTop = c + fx * cx;
        const farDown = d + fx * ex - farTop;
        const near = nearTop + fy * nearDown;
        const deep = farTop + fy * farDown - near;
        voxels[i] = near + fz * deep;
        const isCompared =
          inside &&
          (movingMask === undefined ||
            movingMask[((qz + 0.5) | 0) * slice + ((qy + 0.5) | 0) * stride + ((qx + 0.5) | 0)] !== 0);
        if (isCompared) {
          const nearAcross = ax + fy * (bx - ax);
          const across = nearAcross + fz * (cx + fy * (ex - cx) - nearAcross);
          const down = nearDown + fz * (farDown - nearDown);
          inView[i] = 1;
          gx[i] = m0 * across + m4 * down + m8 * deep;
          gy[i] = m1 * across + m5 * down + m9 * deep;
          gz[i] = m2 * across + m6 * down + m10 * deep;
        } else {
          inView[i] = 0;
          gx[i] = 0;
          gy[i] = 0;
          gz[i] = 0;
        }
      }
    }
  }
}
