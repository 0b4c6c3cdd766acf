import type { DisplacementField } from '../../../twins/registration.ts';
import { voxelCount, type Volume, type VolumeGeometry } from '../../../twins/volume.ts';
import type { Resampled } from '../sampling.ts';
import { indexToWorld, invert } from '../transform.ts';
import { forEachPoint, vectorSampler } from './field-sampler.ts';
import { voxelSampler, type Interpolation } from './voxel-sampler.ts';

/**
 * The moving image where a field puts the voxels of `grid`, by default those of the field's own; between its vectors the
 * field is linear. `nearest` is for labels; `cubic` is the interpolating B-spline of third degree. Voxels more than half a
 * voxel outside the image are not covered and become `outside`, or the nearest value where that is `'edge'`.
 */
export function warpVolume(
  moving: Volume,
  field: DisplacementField,
  { grid = field.geometry, interpolation = 'linear', outside }: WarpOptions,
): Resampled {
  const m = invert(indexToWorld(moving));
  const vectorAt = vectorSampler(field.vectorsMm, field.geometry);
  const valueAt = voxelSampler(moving, interpolation);
  const [lastZ, lastY, lastX] = moving.shape.map((length) => length - 0.5) as [number, number, number];
  const voxels = new Float32Array(voxelCount(grid.shape));
  const covered = new Uint8Array(voxels.length);
  const vector = new Float64Array(3);
  forEachPoint(grid, (index, x, y, z) => {
    vectorAt(x, y, z, vector);
    const u = x + vector[0]!;
    const v = y + vector[1]!;
    const w = z + vector[2]!;
    const px = m[0]! * u + m[1]! * v + m[2]! * w + m[3]!;
    const py = m[4]! * u + m[5]! * v + m[6]! * w + m[7]!;
    const pz = m[8]! * u + m[9]! * v + m[10]! * w + m[11]!;
    const isInside = px >= -0.5 && py >= -0.5 && pz >= -0.5 && px <= lastX && py <= lastY && pz <= lastZ;
    covered[index] = isInside ? 1 : 0;
    voxels[index] = isInside || outside === 'edge' ? valueAt(px, py, pz) : outside;
  });
  return { voxels, covered };
}

export interface WarpOptions {
  readonly grid?: VolumeGeometry;
  readonly interpolation?: Interpolation;
  readonly outside: number | 'edge';
}
