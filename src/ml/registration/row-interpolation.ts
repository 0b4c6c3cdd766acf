import type { InteriorSpan } from './interior-span.ts';
import type { SampledRow } from './sampled-row.ts';
import type { Matrix4 } from './transform.ts';

/**
 * Reads a slice of `width` pixels a row along the voxels `from` to `to` of a row, by bilinear interpolation: voxel x at `start
 * + x * slope` (x and y, in pixels of the slice), beyond its border as at the border. Within `span` no border is near. Writes
 * values, and gradients by the coordinates that `n` leads to pixels from.
 */
export function sampleSliceRow(
  { from, to, value, gx, gy }: SampledRow,
  data: Float32Array,
  width: number,
  [lastX, lastY]: readonly [number, number, number],
  span: InteriorSpan,
  [rowX, rowY]: readonly [number, number],
  [m0, m4]: readonly [number, number],
  n: Matrix4,
): void {
  const stepX = lastX > 0 ? 1 : 0;
  const stepY = lastY > 0 ? width : 0;
  const [n0, n1, n4, n5] = [n[0]!, n[1]!, n[4]!, n[5]!];
  for (let x = from; x < to; x++) {
    let px = rowX + m0 * x;
    let py = rowY + m4 * x;
    let ix = px | 0;
    let iy = py | 0;
    let slopeX = 1;
    let slopeY = 1;
    if (x < span.from || x >= span.to) {
      if (px < 0 || px > lastX) {
        px = px < 0 ? 0 : lastX;
        slopeX = 0;
      }
      if (py < 0 || py > lastY) {
        py = py < 0 ? 0 : lastY;
        slopeY = 0;
      }
      ix = px >= lastX && lastX > 0 ? lastX - 1 : px | 0;
      iy = py >= lastY && lastY > 0 ? lastY - 1 : py | 0;
    }
    const fx = px - ix;
    const fy = py - iy;
    const o = iy * width + ix;
    const a = data[o]!;
    const b = data[o + stepY]!;
    const da = data[o + stepX]! - a;
    const db = data[o + stepY + stepX]! - b;
    const ea = a + fx * da;
    const down = b + fx * db - ea;
    const ux = slopeX * (da + fy * (db - da));
    const uy = slopeY * down;
    value[x] = ea + fy * down;
    gx[x] = n0 * ux + n4 * uy;
    gy[x] = n1 * ux + n5 * uy;
  }
}

/** {@link sampleSliceRow} in a volume: trilinear, `start` and `slope` by x, y and z. */
export function sampleVolumeRow(
  { from, to, value, gx, gy, gz }: SampledRow,
  data: Float32Array,
  width: number,
  height: number,
  [lastX, lastY, lastZ]: readonly [number, number, number],
  span: InteriorSpan,
  [rowX, rowY, rowZ]: readonly [number, number, number],
  [m0, m4, m8]: readonly [number, number, number],
  n: Matrix4,
): void {
  const stepX = lastX > 0 ? 1 : 0;
  const stepY = lastY > 0 ? width : 0;
  const stepZ = lastZ > 0 ? width * height : 0;
  const [n0, n1, n2] = [n[0]!, n[1]!, n[2]!];
  const [n4, n5, n6] = [n[4]!, n[5]!, n[6]!];
  const [n8, n9, n10] = [n[8]!, n[9]!, n[10]!];
  for (let x = from; x < to; x++) {
    let px = rowX + m0 * x;
    let py = rowY + m4 * x;
    let pz = rowZ + m8 * x;
    let ix = px | 0;
    let iy = py | 0;
    let iz = pz | 0;
    let slopeX = 1;
    let slopeY = 1;
    let slopeZ = 1;
    if (x < span.from || x >= span.to) {
      if (px < 0 || px > lastX) {
        px = px < 0 ? 0 : lastX;
        slopeX = 0;
      }
      if (py < 0 || py > lastY) {
        py = py < 0 ? 0 : lastY;
        slopeY = 0;
      }
      if (pz < 0 || pz > lastZ) {
        pz = pz < 0 ? 0 : lastZ;
        slopeZ = 0;
      }
      ix = px >= lastX && lastX > 0 ? lastX - 1 : px | 0;
      iy = py >= lastY && lastY > 0 ? lastY - 1 : py | 0;
      iz = pz >= lastZ && lastZ > 0 ? lastZ - 1 : pz | 0;
    }
    const fx = px - ix;
    const fy = py - iy;
    const fz = pz - iz;
    const o = (iz * height + iy) * width + ix;
    const p = o + stepZ;
    const a = data[o]!;
    const b = data[o + stepY]!;
    const c = data[p]!;
    const d = data[p + stepY]!;
    const da = data[o + stepX]! - a;
    const db = data[o + stepY + stepX]! - b;
    const dc = data[p + stepX]! - c;
    const dd = data[p + stepY + stepX]! - d;
    const ea = a + fx * da;
    const eb = b + fx * db;
    const ec = c + fx * dc;
    const ed = d + fx * dd;
    const near = ea + fy * (eb - ea);
    const far = ec + fy * (ed - ec);
    const ux = slopeX * ((1 - fz) * (da + fy * (db - da)) + fz * (dc + fy * (dd - dc)));
    const uy = slopeY * ((1 - fz) * (eb - ea) + fz * (ed - ec));
    const uz = slopeZ * (far - near);
    value[x] = near + fz * (far - near);
    gx[x] = n0 * ux + n4 * uy + n8 * uz;
    gy[x] = n1 * ux + n5 * uy + n9 * uz;
    gz[x] = n2 * ux + n6 * uy + n10 * uz;
  }
}
