import type { DisplacementField } from '../../../twins/registration.ts';
import { voxelCount, type VolumeGeometry } from '../../../twins/volume.ts';
import { indexToWorld, invert, type Matrix4 } from '../transform.ts';

/** Reads a vector (LPS mm) at any LPS point into `out`. */
export type VectorSampler = (x: number, y: number, z: number, out: Float64Array) => void;

/**
 * Samples vectors on a grid by linear interpolation; outside it the nearest one holds. A single slice is read at the
 * point's projection onto it.
 */
export function vectorSampler(vectors: Float32Array, geometry: VolumeGeometry): VectorSampler {
  const [depth, height, width] = geometry.shape;
  const count = voxelCount(geometry.shape);
  const m = invert(indexToWorld(geometry));
  const [lastX, lastY, lastZ] = [width - 1, height - 1, depth - 1];
  const [cellX, cellY, cellZ] = [Math.max(0, lastX - 1), Math.max(0, lastY - 1), Math.max(0, lastZ - 1)];
  const slice = width * height;
  const [stepX, stepY, stepZ] = [lastX > 0 ? 1 : 0, lastY > 0 ? width : 0, lastZ > 0 ? slice : 0];
  return (x, y, z, out) => {
    let px = m[0]! * x + m[1]! * y + m[2]! * z + m[3]!;
    let py = m[4]! * x + m[5]! * y + m[6]! * z + m[7]!;
    let pz = m[8]! * x + m[9]! * y + m[10]! * z + m[11]!;
    px = px > 0 ? (px < lastX ? px : lastX) : 0;
    py = py > 0 ? (py < lastY ? py : lastY) : 0;
    pz = pz > 0 ? (pz < lastZ ? pz : lastZ) : 0;
    const ix = px < cellX ? px | 0 : cellX;
    const iy = py < cellY ? py | 0 : cellY;
    const iz = pz < cellZ ? pz | 0 : cellZ;
    const fx = px - ix;
    const fy = py - iy;
    const fz = pz - iz;
    for (let component = 0, a = iz * slice + iy * width + ix; component < 3; component++, a += count) {
      const b = a + stepY;
      const c = a + stepZ;
      const d = c + stepY;
      const ea = vectors[a]! + fx * (vectors[a + stepX]! - vectors[a]!);
      const eb = vectors[b]! + fx * (vectors[b + stepX]! - vectors[b]!);
      const ec = vectors[c]! + fx * (vectors[c + stepX]! - vectors[c]!);
      const ed = vectors[d]! + fx * (vectors[d + stepX]! - vectors[d]!);
      const near = ea + fy * (eb - ea);
      out[component] = near + fz * (ec + fy * (ed - ec) - near);
    }
  };
}

/** Calls `visit` with the index and the LPS position of each voxel of a grid. */
export function forEachPoint(
  geometry: VolumeGeometry,
  visit: (index: number, x: number, y: number, z: number) => void,
): void {
  const [depth, height, width] = geometry.shape;
  const m: Matrix4 = indexToWorld(geometry);
  for (let k = 0, index = 0; k < depth; k++) {
    for (let j = 0; j < height; j++) {
      const x = m[1]! * j + m[2]! * k + m[3]!;
      const y = m[5]! * j + m[6]! * k + m[7]!;
      const z = m[9]! * j + m[10]! * k + m[11]!;
      for (let i = 0; i < width; i++, index++) {
        visit(index, x + m[0]! * i, y + m[4]! * i, z + m[8]! * i);
      }
    }
  }
}

/** A field with the vectors that `vectorAt` writes for each LPS point. */
export function fieldOf(geometry: VolumeGeometry, vectorAt: VectorSampler): DisplacementField {
  const { shape, spacingMm, originMm, direction } = geometry;
  const count = voxelCount(shape);
  const vectorsMm = new Float32Array(3 * count);
  const vector = new Float64Array(3);
  forEachPoint(geometry, (index, x, y, z) => {
    vectorAt(x, y, z, vector);
    vectorsMm[index] = vector[0]!;
    vectorsMm[count + index] = vector[1]!;
    vectorsMm[2 * count + index] = vector[2]!;
  });
  return { geometry: { shape, spacingMm, originMm, direction }, vectorsMm };
}
