import type { RandomStream } from '../../cohorts/random-stream.ts';
import { voxelCount, type VolumeShape } from '../../../twins/volume.ts';
import { latticeOver, pointsOf } from '../deformable/control-lattice.ts';
import { splineExpansion } from '../deformable/spline-expansion.ts';

/**
 * A random smooth function of the voxels of an image [D,H,W] with unit variance: cubic B-splines of normal coefficients.
 * @param extent of its bumps as a share of the image's longest axis, half their width.
 */
export function smoothNoise(shape: VolumeShape, random: RandomStream, extent: number): Float32Array {
  const image = { shape, spacingMm: [1, 1, 1], originMm: [0, 0, 0], direction: [1, 0, 0, 0, 1, 0, 0, 0, 1] } as const;
  const lattice = latticeOver(image, extent * Math.max(...shape));
  const coefficients = Float64Array.from({ length: pointsOf(lattice) }, () => random.normal());
  const out = new Float32Array(voxelCount(shape));
  splineExpansion(lattice, image).expand(coefficients, 0, out);
  const deviation = Math.sqrt(out.reduce((sum, value) => sum + value * value, 0) / out.length);
  return out.map((value) => value / deviation);
}
