/**
 * Sums over a row of voxels, each in a loop of its own that has no more sums than a processor has registers. The layout
 * of `moments` is that of `MOMENTS`; `x` runs in mm from `origin` by `spacing`. Voxels `from` to `to` of a row are taken.
 */
export interface Row {
  readonly from: number;
  readonly to: number;
  readonly origin: number;
  readonly spacing: number;
}

/** For one component of the gradient (0 x, 1 y, 2 z): with itself (18 of the pairs), residual, fixed value and 1. */
export function sumComponent(
  moments: Float64Array,
  component: number,
  g: Float64Array,
  residual: Float64Array,
  value: Float64Array,
  { from, to, origin, spacing }: Row,
): void {
  let gg = 0;
  let ggx = 0;
  let ggxx = 0;
  let gr = 0;
  let grx = 0;
  let gf = 0;
  let gfx = 0;
  let g1 = 0;
  let gx = 0;
  for (let k = from; k < to; k++) {
    const a = g[k]!;
    const ax = a * (origin + spacing * k);
    const r = residual[k]!;
    const f = value[k]!;
    gg += a * a;
    ggx += a * ax;
    ggxx += ax * ax;
    gr += a * r;
    grx += ax * r;
    gf += a * f;
    gfx += ax * f;
    g1 += a;
    gx += ax;
  }
  const pair = SQUARE[component]!;
  moments[pair] = gg;
  moments[pair + 1] = ggx;
  moments[pair + 2] = ggxx;
  moments[18 + 2 * component] = gr;
  moments[19 + 2 * component] = grx;
  moments[24 + 2 * component] = gf;
  moments[25 + 2 * component] = gfx;
  moments[30 + 2 * component] = g1;
  moments[31 + 2 * component] = gx;
}

/** For the product of the two components that a slice has. */
export function sumMixedPair(
  moments: Float64Array,
  gx: Float64Array,
  gy: Float64Array,
  { from, to, origin, spacing }: Row,
): void {
  let xy = 0;
  let xyx = 0;
  let xyxx = 0;
  for (let k = from; k < to; k++) {
    const x = origin + spacing * k;
    const ab = gx[k]! * gy[k]!;
    const abx = ab * x;
    xy += ab;
    xyx += abx;
    xyxx += abx * x;
  }
  moments[3] = xy;
  moments[4] = xyx;
  moments[5] = xyxx;
}

/** For the products of two different components. */
export function sumMixedPairs(
  moments: Float64Array,
  gx: Float64Array,
  gy: Float64Array,
  gz: Float64Array,
  { from, to, origin, spacing }: Row,
): void {
  let xy = 0;
  let xyx = 0;
  let xyxx = 0;
  let xz = 0;
  let xzx = 0;
  let xzxx = 0;
  let yz = 0;
  let yzx = 0;
  let yzxx = 0;
  for (let k = from; k < to; k++) {
    const a = gx[k]!;
    const b = gy[k]!;
    const c = gz[k]!;
    const x = origin + spacing * k;
    const ab = a * b;
    const abx = ab * x;
    const ac = a * c;
    const acx = ac * x;
    const bc = b * c;
    const bcx = bc * x;
    xy += ab;
    xyx += abx;
    xyxx += abx * x;
    xz += ac;
    xzx += acx;
    xzxx += acx * x;
    yz += bc;
    yzx += bcx;
    yzxx += bcx * x;
  }
  moments[3] = xy;
  moments[4] = xyx;
  moments[5] = xyxx;
  moments[6] = xz;
  moments[7] = xzx;
  moments[8] = xzxx;
  moments[12] = yz;
  moments[13] = yzx;
  moments[14] = yzxx;
}

/** Place of the square of each component among the pairs. */
const SQUARE = [0, 9, 15] as const;
