import type { Volume } from '../../src/twins/volume.ts';

/**
 * Reads an image between its voxels by cubic convolution (Keys 1981, a = -1/2); 0 outside. Written apart from the code that is
 * measured, so that a fault there cannot hide in the truth.
 */
export function cubicSampler({
  voxels,
  shape,
}: Pick<Volume, 'voxels' | 'shape'>): (z: number, y: number, x: number) => number {
  const [depth, height, width] = shape;
  const at = (z: number, y: number, x: number): number =>
    z < 0 || y < 0 || x < 0 || z >= depth || y >= height || x >= width ? 0 : voxels[(z * height + y) * width + x]!;
  const [wz, wy, wx] = [new Float64Array(4), new Float64Array(4), new Float64Array(4)];
  return (z, y, x) => {
    const [iz, iy, ix] = [Math.floor(z), Math.floor(y), Math.floor(x)];
    weights(wy, y - iy);
    weights(wx, x - ix);
    if (depth > 1) weights(wz, z - iz);
    let sum = 0;
    for (let k = depth > 1 ? 0 : 1; k < (depth > 1 ? 4 : 2); k++) {
      for (let j = 0; j < 4; j++) {
        const weight = (depth > 1 ? wz[k]! : 1) * wy[j]!;
        for (let i = 0; i < 4; i++) sum += weight * wx[i]! * at(depth > 1 ? iz + k - 1 : 0, iy + j - 1, ix + i - 1);
      }
    }
    return sum;
  };
}

function weights(out: Float64Array, t: number): void {
  out[0] = t * (-0.5 + t * (1 - 0.5 * t));
  out[1] = 1 + t * t * (-2.5 + 1.5 * t);
  out[2] = t * (0.5 + t * (2 - 1.5 * t));
  out[3] = t * t * (-0.5 + 0.5 * t);
}
