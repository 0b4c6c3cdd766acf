import { voxelCount, type VolumeGeometry, type VolumeShape } from '../../../twins/volume.ts';

/** Displacements along the axes of their own grid in voxels, one array per axis: x, y and (in volumes) z. */
export type AxisDisplacements = readonly Float32Array[];

/** Displacements of 0. */
export const noDisplacements = (shape: VolumeShape): AxisDisplacements =>
  Array.from({ length: shape[0] === 1 ? 2 : 3 }, () => new Float32Array(voxelCount(shape)));

/**
 * What moves a voxel first by `first` and then by `second`, which is read where `first` leads: first(p) + second(p +
 * first(p)), by linear interpolation, the nearest value outside. `out` is neither of the two.
 */
export function chain(
  first: AxisDisplacements,
  second: AxisDisplacements,
  shape: VolumeShape,
  out: AxisDisplacements,
): void {
  if (shape[0] === 1) {
    chainInSlice(first, second, shape, out);
  } else {
    chainInVolume(first, second, shape, out);
  }
}

function chainInSlice(
  first: AxisDisplacements,
  second: AxisDisplacements,
  [, height, width]: VolumeShape,
  out: AxisDisplacements,
): void {
  const [ux, uy] = [first[0]!, first[1]!];
  const [vx, vy] = [second[0]!, second[1]!];
  const [wx, wy] = [out[0]!, out[1]!];
  const [lastX, lastY] = [width - 1, height - 1];
  const [cellX, cellY] = [Math.max(0, lastX - 1), Math.max(0, lastY - 1)];
  const [stepX, stepY] = [lastX > 0 ? 1 : 0, lastY > 0 ? width : 0];
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      let px = x + ux[i]!;
      let py = y + uy[i]!;
      px = px > 0 ? (px < lastX ? px : lastX) : 0;
      py = py > 0 ? (py < lastY ? py : lastY) : 0;
      const ix = px < cellX ? px | 0 : cellX;
      const iy = py < cellY ? py | 0 : cellY;
      const fx = px - ix;
      const fy = py - iy;
      const o = iy * width + ix;
      const p = o + stepY;
      const topX = vx[o]! + fx * (vx[o + stepX]! - vx[o]!);
      const topY = vy[o]! + fx * (vy[o + stepX]! - vy[o]!);
      wx[i] = ux[i]! + topX + fy * (vx[p]! + fx * (vx[p + stepX]! - vx[p]!) - topX);
      wy[i] = uy[i]! + topY + fy * (vy[p]! + fx * (vy[p + stepX]! - vy[p]!) - topY);
    }
  }
}

function chainInVolume(
  first: AxisDisplacements,
  second: AxisDisplacements,
  [depth, height, width]: VolumeShape,
  out: AxisDisplacements,
): void {
  const [ux, uy, uz] = [first[0]!, first[1]!, first[2]!];
  const [vx, vy, vz] = [second[0]!, second[1]!, second[2]!];
  const [wx, wy, wz] = [out[0]!, out[1]!, out[2]!];
  const slice = width * height;
  const [lastX, lastY, lastZ] = [width - 1, height - 1, depth - 1];
  const [cellX, cellY, cellZ] = [Math.max(0, lastX - 1), Math.max(0, lastY - 1), Math.max(0, lastZ - 1)];
  const [stepX, stepY, stepZ] = [lastX > 0 ? 1 : 0, lastY > 0 ? width : 0, slice];
  for (let z = 0, i = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        let px = x + ux[i]!;
        let py = y + uy[i]!;
        let pz = z + uz[i]!;
        px = px > 0 ? (px < lastX ? px : lastX) : 0;
        py = py > 0 ? (py < lastY ? py : lastY) : 0;
        pz = pz > 0 ? (pz < lastZ ? pz : lastZ) : 0;
        const ix = px < cellX ? px | 0 : cellX;
        const iy = py < cellY ? py | 0 : cellY;
        const iz = pz < cellZ ? pz | 0 : cellZ;
        const fx = px - ix;
        const fy = py - iy;
        const fz = pz - iz;
        const a = iz * slice + iy * width + ix;
        const b = a + stepY;
        const c = a + stepZ;
        const d = c + stepY;
        // Weights of the eight corners.
        const far = fy * fz;
        const top = fz - far;
        const low = fy - far;
        const near = 1 - fy - top;
        const [a1, b1, c1, d1] = [near * fx, low * fx, top * fx, far * fx];
        const [a0, b0, c0, d0] = [near - a1, low - b1, top - c1, far - d1];
        const [e, f, g, h] = [a + stepX, b + stepX, c + stepX, d + stepX];
        wx[i] =
          ux[i]! +
          (a0 * vx[a]! + a1 * vx[e]! + b0 * vx[b]! + b1 * vx[f]!) +
          (c0 * vx[c]! + c1 * vx[g]! + d0 * vx[d]! + d1 * vx[h]!);
        wy[i] =
          uy[i]! +
          (a0 * vy[a]! + a1 * vy[e]! + b0 * vy[b]! + b1 * vy[f]!) +
          (c0 * vy[c]! + c1 * vy[g]! + d0 * vy[d]! + d1 * vy[h]!);
        wz[i] =
          uz[i]! +
          (a0 * vz[a]! + a1 * vz[e]! + b0 * vz[b]! + b1 * vz[f]!) +
          (c0 * vz[c]! + c1 * vz[g]! + d0 * vz[d]! + d1 * vz[h]!);
      }
    }
  }
}

const MOST_SQUARINGS = 16;

/**
 * The flow of a stationary velocity after unit time, by scaling and squaring (Arsigny et al., MICCAI 2006). The velocity is
 * halved until it is at most `firstStep` voxels, for which it stands itself. Works in place, with `scratch` of the same
 * shape; returns the array set that holds the result, one of the two.
 */
export function exponentiate(
  velocity: AxisDisplacements,
  shape: VolumeShape,
  scratch: AxisDisplacements,
  firstStep: number,
): AxisDisplacements {
  const doublings = Math.ceil(Math.log2(largestLength(velocity) / firstStep));
  const squarings = Math.min(MOST_SQUARINGS, Math.max(0, doublings));
  const scale = 2 ** -squarings;
  for (const component of velocity) {
    for (let i = 0; i < component.length; i++) {
      component[i]! *= scale;
    }
  }
  let [flow, next] = [velocity, scratch];
  for (let k = 0; k < squarings; k++) {
    chain(flow, flow, shape, next);
    [flow, next] = [next, flow];
  }
  return flow;
}

/** The longest displacement in voxels. */
function largestLength(displacements: AxisDisplacements): number {
  let most = 0;
  for (let i = 0; i < displacements[0]!.length; i++) {
    let square = 0;
    for (let axis = 0; axis < displacements.length; axis++) {
      const part = displacements[axis]![i]!;
      square += part * part;
    }
    if (square > most) {
      most = square;
    }
  }
  return Math.sqrt(most);
}

/** The same motion on a finer grid of the same axes and voxel 0, by linear interpolation. */
export function refined(displacements: AxisDisplacements, from: VolumeGeometry, to: VolumeGeometry): AxisDisplacements {
  return displacements.map((component, index) => {
    let block: Float32Array = component;
    const shape: [number, number, number] = [...from.shape];
    for (const axis of [0, 1, 2] as const) {
      if (to.shape[axis] !== shape[axis]) {
        block = refinedAlong(block, shape, axis, to.shape[axis], to.spacingMm[axis] / from.spacingMm[axis]);
        shape[axis] = to.shape[axis];
      }
    }
    const along = 2 - index;
    const ratio = from.spacingMm[along]! / to.spacingMm[along]!;
    return block.map((value) => ratio * value);
  });
}

function refinedAlong(
  block: Float32Array,
  shape: VolumeShape,
  axis: 0 | 1 | 2,
  length: number,
  ratio: number,
): Float32Array {
  const stride = axis === 2 ? 1 : axis === 1 ? shape[2] : shape[1] * shape[2];
  const before = shape[axis];
  const runs = block.length / (before * stride);
  const out = new Float32Array(runs * length * stride);
  for (let run = 0; run < runs; run++) {
    for (let j = 0; j < length; j++) {
      const position = Math.min(before - 1, j * ratio);
      const left = Math.max(0, Math.min(before - 2, Math.floor(position)));
      const share = position - left;
      const a = (run * before + left) * stride;
      const b = before > 1 ? a + stride : a;
      const target = (run * length + j) * stride;
      for (let k = 0; k < stride; k++) {
        out[target + k] = block[a + k]! + share * (block[b + k]! - block[a + k]!);
      }
    }
  }
  return out;
}
