import { voxelCount, type Volume, type VolumeGeometry } from '../../twins/volume.ts';
import { findInteriorSpan, type InteriorSpan } from './interior-span.ts';
import { compose, indexToWorld, invert, type Matrix4 } from './transform.ts';

/** An image in another grid, and which of its voxels the source image really covers (1) or not (0). */
export interface Resampled {
  readonly voxels: Float32Array;
  readonly covered: Uint8Array;
}

/**
 * Resamples an image into a grid by trilinear interpolation (bilinear for one slice). `transform` maps an LPS point of the
 * grid to the image. A voxel is covered when it falls within the extent of the image, half a voxel beyond the outermost
 * centres included. Outside it becomes `outside`, or the nearest value of the image where that is `'edge'`.
 */
export function resample(image: Volume, grid: VolumeGeometry, transform: Matrix4, outside: number | 'edge'): Resampled {
  const [depth, height, width] = grid.shape;
  const [imageDepth, imageHeight, imageWidth] = image.shape;
  const m = compose(invert(indexToWorld(image)), compose(transform, indexToWorld(grid)));
  const data = image.voxels;
  const voxels = new Float32Array(voxelCount(grid.shape));
  const covered = new Uint8Array(voxels.length);
  const fill = outside === 'edge' ? 0 : outside;
  const lastX = imageWidth - 1;
  const lastY = imageHeight - 1;
  const lastZ = imageDepth - 1;
  // An axis of one voxel has no neighbour: a stride of 0 reads the same voxel twice.
  const stepX = imageWidth > 1 ? 1 : 0;
  const stepY = imageHeight > 1 ? imageWidth : 0;
  const stepZ = imageDepth > 1 ? imageWidth * imageHeight : 0;
  const [m0, m4, m8] = [m[0]!, m[4]!, m[8]!];
  const slope = [m0, m4, m8] as const;
  const last = [lastX, lastY, lastZ] as const;
  // Along an axis of one voxel the inside is its centre.
  const [hasX, hasY, hasZ] = [Math.sign(lastX), Math.sign(lastY), Math.sign(lastZ)];
  const [insideX, insideY, insideZ] = [hasX * m0, hasY * m4, hasZ * m8];

  /** Voxels `from` to `to` of a row, wherever they fall. */
  const sampleAnywhere = (row: number, from: number, to: number, rowX: number, rowY: number, rowZ: number): void => {
    for (let x = from; x < to; x++) {
      let px = rowX + m0 * x;
      let py = rowY + m4 * x;
      let pz = rowZ + m8 * x;
      const inside =
        px >= -0.5 && py >= -0.5 && pz >= -0.5 && px <= lastX + 0.5 && py <= lastY + 0.5 && pz <= lastZ + 0.5;
      if (inside) {
        covered[row + x] = 1;
      } else if (outside !== 'edge') {
        voxels[row + x] = fill;
        continue;
      }
      px = px < 0 ? 0 : px > lastX ? lastX : px;
      py = py < 0 ? 0 : py > lastY ? lastY : py;
      pz = pz < 0 ? 0 : pz > lastZ ? lastZ : pz;
      const ix = px >= lastX && lastX > 0 ? lastX - 1 : px | 0;
      const iy = py >= lastY && lastY > 0 ? lastY - 1 : py | 0;
      const iz = pz >= lastZ && lastZ > 0 ? lastZ - 1 : pz | 0;
      const fx = px - ix;
      const fy = py - iy;
      const fz = pz - iz;
      const o = (iz * imageHeight + iy) * imageWidth + ix;
      const p = o + stepZ;
      const a = data[o]! + fx * (data[o + stepX]! - data[o]!);
      const b = data[o + stepY]! + fx * (data[o + stepY + stepX]! - data[o + stepY]!);
      const c = data[p]! + fx * (data[p + stepX]! - data[p]!);
      const d = data[p + stepY]! + fx * (data[p + stepY + stepX]! - data[p + stepY]!);
      const near = a + fy * (b - a);
      const far = c + fy * (d - c);
      voxels[row + x] = near + fz * (far - near);
    }
  };

  /** Those that fall between voxels of the image: the same sums without the care for borders, most of all voxels. */
  const sampleInside = (row: number, from: number, to: number, rowX: number, rowY: number, rowZ: number): void => {
    covered.fill(1, row + from, row + to);
    for (let x = from; x < to; x++) {
      const px = rowX + insideX * x;
      const py = rowY + insideY * x;
      const pz = rowZ + insideZ * x;
      const ix = px | 0;
      const iy = py | 0;
      const iz = pz | 0;
      const fx = px - ix;
      const fy = py - iy;
      const o = (iz * imageHeight + iy) * imageWidth + ix;
      const p = o + stepZ;
      const a = data[o]!;
      const b = data[o + stepY]!;
      const c = data[p]!;
      const d = data[p + stepY]!;
      const ea = a + fx * (data[o + stepX]! - a);
      const eb = b + fx * (data[o + stepY + stepX]! - b);
      const ec = c + fx * (data[p + stepX]! - c);
      const ed = d + fx * (data[p + stepY + stepX]! - d);
      const near = ea + fy * (eb - ea);
      const far = ec + fy * (ed - ec);
      voxels[row + x] = near + (pz - iz) * (far - near);
    }
  };

  const span: InteriorSpan = { from: 0, to: 0 };
  for (let z = 0, row = 0; z < depth; z++) {
    for (let y = 0; y < height; y++, row += width) {
      const rowX = m[1]! * y + m[2]! * z + m[3]!;
      const rowY = m[5]! * y + m[6]! * z + m[7]!;
      const rowZ = m[9]! * y + m[10]! * z + m[11]!;
      findInteriorSpan(span, width, [rowX, rowY, rowZ], slope, last);
      sampleAnywhere(row, 0, span.from, rowX, rowY, rowZ);
      sampleInside(row, span.from, span.to, hasX * rowX, hasY * rowY, hasZ * rowZ);
      sampleAnywhere(row, span.to, width, rowX, rowY, rowZ);
    }
  }
  return { voxels, covered };
}
