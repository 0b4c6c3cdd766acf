import type { DisplacementField } from '../../../twins/registration.ts';
import { voxelCount, type VolumeGeometry } from '../../../twins/volume.ts';
import { invert, transformPoint, type Matrix4 } from '../transform.ts';
import { affineFit } from './affine-fit.ts';
import { fieldOf, vectorSampler } from './field-sampler.ts';

/** The map that a matrix describes, on a grid. */
export function fieldOfMatrix(matrix: Matrix4, geometry: VolumeGeometry): DisplacementField {
  return fieldOf(geometry, (x, y, z, out) => {
    const [a, b, c] = transformPoint(matrix, x, y, z);
    out[0] = a - x;
    out[1] = b - y;
    out[2] = c - z;
  });
}

/** The same map on another grid, by linear interpolation; beyond the field's own grid its nearest vector holds. */
export function fieldOnGrid(field: DisplacementField, geometry: VolumeGeometry): DisplacementField {
  return fieldOf(geometry, vectorSampler(field.vectorsMm, field.geometry));
}

/** The map that applies `second` to where `first` leads, on the grid of `first`. */
export function composeFields(second: DisplacementField, first: DisplacementField): DisplacementField {
  const { geometry, vectorsMm } = first;
  const count = voxelCount(geometry.shape);
  const onward = vectorSampler(second.vectorsMm, second.geometry);
  let index = 0;
  return fieldOf(geometry, (x, y, z, out) => {
    const u = vectorsMm[index]!;
    const v = vectorsMm[count + index]!;
    const w = vectorsMm[2 * count + index]!;
    index++;
    onward(x + u, y + v, z + w, out);
    out[0]! += u;
    out[1]! += v;
    out[2]! += w;
  });
}

export interface InverseOptions {
  /** Millimetres by which there and back may miss a point. */
  readonly toleranceMm?: number;
  readonly iterations?: number;
}

/**
 * The map back, on a grid of the moving image: the fixed point of y -> y - A^-1 (T(y) - q), where A is the affine map nearest
 * to T (Chen et al., Medical Physics 35(1), 2008, whose A is the identity). It is found where the field is a bijection that
 * bends less than it follows A; where it folds, the last iterate is kept. Beyond its grid the field goes on as A plus the
 * nearest deviation from it.
 */
export function invertField(
  field: DisplacementField,
  grid: VolumeGeometry,
  { toleranceMm = 1e-3, iterations = 50 }: InverseOptions = {},
): DisplacementField {
  const affine = affineFit(field);
  const back = invert(affine);
  const deviation = vectorSampler(deviationsFrom(affine, field), field.geometry);
  const stepBack = Float64Array.from(back);
  stepBack[3] = stepBack[7] = stepBack[11] = 0;
  return fieldOf(grid, (qx, qy, qz, out) => {
    let [x, y, z] = transformPoint(back, qx, qy, qz);
    for (let iteration = 0; iteration < iterations; iteration++) {
      deviation(x, y, z, out);
      const [tx, ty, tz] = transformPoint(affine, x, y, z);
      const dx = tx + out[0]! - qx;
      const dy = ty + out[1]! - qy;
      const dz = tz + out[2]! - qz;
      if (dx * dx + dy * dy + dz * dz < toleranceMm * toleranceMm) {
        break;
      }
      const [sx, sy, sz] = transformPoint(stepBack, dx, dy, dz);
      x -= sx;
      y -= sy;
      z -= sz;
    }
    out[0] = x - qx;
    out[1] = y - qy;
    out[2] = z - qz;
  });
}

/** What a field adds to an affine map. */
function deviationsFrom(affine: Matrix4, field: DisplacementField): Float32Array {
  const count = voxelCount(field.geometry.shape);
  const ofAffine = fieldOfMatrix(affine, field.geometry).vectorsMm;
  const out = new Float32Array(3 * count);
  for (let i = 0; i < out.length; i++) {
    out[i] = field.vectorsMm[i]! - ofAffine[i]!;
  }
  return out;
}

/**
 * Mean distance in mm between points and where the field and then `back` put them: over the voxels of the field's grid whose
 * mask is not 0. Null where there are none.
 */
export function roundTripMm(field: DisplacementField, back: DisplacementField, mask?: Uint8Array): number | null {
  const { vectorsMm } = composeFields(back, field);
  const count = voxelCount(field.geometry.shape);
  let sum = 0;
  let points = 0;
  for (let i = 0; i < count; i++) {
    if (mask === undefined || mask[i] !== 0) {
      sum += Math.hypot(vectorsMm[i]!, vectorsMm[count + i]!, vectorsMm[2 * count + i]!);
      points++;
    }
  }
  return points === 0 ? null : sum / points;
}
