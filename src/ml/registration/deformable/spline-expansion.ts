import type { ControlLattice } from '../../../twins/registration.ts';
import type { VolumeGeometry } from '../../../twins/volume.ts';

/** Evaluates the splines of a lattice at the voxels of an image, and collects derivatives back to the control points. */
export interface SplineExpansion {
  /** Writes the values of the splines of one component, whose coefficients start at `offset`, for all voxels. */
  readonly expand: (coefficients: Float64Array, offset: number, out: Float32Array) => void;
  /** The adjoint: adds to each control point, from `offset` on, the products of two fields' voxels with its weights. */
  readonly gather: (one: Float32Array, other: Float32Array, gradient: Float64Array, offset: number) => void;
}

/** Per voxel of an axis: the first of its four control points, and their weights. */
interface AxisBasis {
  readonly points: number;
  readonly first: Int32Array;
  /** [voxels, 4] */
  readonly weights: Float32Array;
}

/** Cubic B-spline weights along one axis of an image whose voxel 0 is that of the lattice's image. */
function axisBasis(voxels: number, voxelMm: number, points: number, spacingMm: number): AxisBasis {
  const first = new Int32Array(voxels);
  const weights = new Float32Array(4 * voxels);
  for (let x = 0; x < voxels; x++) {
    const position = (x * voxelMm) / spacingMm;
    const cell = Math.min(Math.floor(position + 1e-9), points - 4);
    const t = position - cell;
    const u = 1 - t;
    first[x] = cell;
    weights[4 * x] = (u * u * u) / 6;
    weights[4 * x + 1] = (3 * t * t * t - 6 * t * t + 4) / 6;
    weights[4 * x + 2] = (3 * u * u * u - 6 * u * u + 4) / 6;
    weights[4 * x + 3] = (t * t * t) / 6;
  }
  return { points, first, weights };
}

/** Prepares the expansion of `lattice` on the voxels of `image`, axis by axis: four weights per voxel and axis. */
export function splineExpansion(lattice: ControlLattice, image: VolumeGeometry): SplineExpansion {
  const [depth, height, width] = image.shape;
  const basis = (axis: 0 | 1 | 2) =>
    axisBasis(image.shape[axis], image.spacingMm[axis], lattice.shape[axis], lattice.spacingMm[axis]);
  const alongX = basis(2);
  const alongY = basis(1);
  const alongZ = depth > 1 ? basis(0) : null;
  const rows = lattice.shape[0] * alongY.points;
  const slice = width * height;
  const inRows = new Float32Array(rows * width);
  const inSlices = alongZ === null ? inRows : new Float32Array(alongZ.points * slice);

  const expand = (coefficients: Float64Array, offset: number, out: Float32Array): void => {
    expandRows(coefficients, offset, alongX, rows, inRows);
    if (alongZ === null) {
      expandRuns(inRows, 0, width, alongY, out, 0);
      return;
    }
    for (let z = 0; z < alongZ.points; z++) {
      expandRuns(inRows, z * alongY.points * width, width, alongY, inSlices, z * slice);
    }
    expandRuns(inSlices, 0, slice, alongZ, out, 0);
  };

  const gather = (one: Float32Array, other: Float32Array, gradient: Float64Array, offset: number): void => {
    inRows.fill(0);
    if (alongZ === null) {
      gatherProducts(one, other, width, alongY, inRows);
    } else {
      inSlices.fill(0);
      gatherProducts(one, other, slice, alongZ, inSlices);
      for (let z = 0; z < alongZ.points; z++) {
        gatherRuns(inSlices, z * slice, width, alongY, inRows, z * alongY.points * width);
      }
    }
    gatherRows(inRows, alongX, rows, gradient, offset);
  };

  return { expand, gather };
}

function expandRows(
  coefficients: Float64Array,
  offset: number,
  { points, first, weights }: AxisBasis,
  rows: number,
  out: Float32Array,
): void {
  const width = first.length;
  for (let row = 0; row < rows; row++) {
    const from = offset + row * points;
    const to = row * width;
    for (let x = 0; x < width; x++) {
      const c = from + first[x]!;
      const w = 4 * x;
      out[to + x] =
        weights[w]! * coefficients[c]! +
        weights[w + 1]! * coefficients[c + 1]! +
        weights[w + 2]! * coefficients[c + 2]! +
        weights[w + 3]! * coefficients[c + 3]!;
    }
  }
}

/** Along a slower axis whole runs of neighbours are added, so that memory is read in order. */
function expandRuns(
  source: Float32Array,
  from: number,
  run: number,
  { first, weights }: AxisBasis,
  out: Float32Array,
  to: number,
): void {
  for (let position = 0; position < first.length; position++) {
    const a = from + first[position]! * run;
    const b = a + run;
    const c = b + run;
    const d = c + run;
    const target = to + position * run;
    const w0 = weights[4 * position]!;
    const w1 = weights[4 * position + 1]!;
    const w2 = weights[4 * position + 2]!;
    const w3 = weights[4 * position + 3]!;
    for (let k = 0; k < run; k++) {
      out[target + k] = w0 * source[a + k]! + w1 * source[b + k]! + w2 * source[c + k]! + w3 * source[d + k]!;
    }
  }
}

/** {@link gatherRuns} of products, which are not stored. */
function gatherProducts(
  one: Float32Array,
  other: Float32Array,
  run: number,
  { first, weights }: AxisBasis,
  out: Float32Array,
): void {
  for (let position = 0, source = 0; position < first.length; position++, source += run) {
    const a = first[position]! * run;
    const b = a + run;
    const c = b + run;
    const d = c + run;
    const w0 = weights[4 * position]!;
    const w1 = weights[4 * position + 1]!;
    const w2 = weights[4 * position + 2]!;
    const w3 = weights[4 * position + 3]!;
    for (let k = 0; k < run; k++) {
      const value = one[source + k]! * other[source + k]!;
      out[a + k]! += w0 * value;
      out[b + k]! += w1 * value;
      out[c + k]! += w2 * value;
      out[d + k]! += w3 * value;
    }
  }
}

function gatherRuns(
  field: Float32Array,
  from: number,
  run: number,
  { first, weights }: AxisBasis,
  out: Float32Array,
  to: number,
): void {
  for (let position = 0; position < first.length; position++) {
    const a = to + first[position]! * run;
    const b = a + run;
    const c = b + run;
    const d = c + run;
    const source = from + position * run;
    const w0 = weights[4 * position]!;
    const w1 = weights[4 * position + 1]!;
    const w2 = weights[4 * position + 2]!;
    const w3 = weights[4 * position + 3]!;
    for (let k = 0; k < run; k++) {
      const value = field[source + k]!;
      out[a + k]! += w0 * value;
      out[b + k]! += w1 * value;
      out[c + k]! += w2 * value;
      out[d + k]! += w3 * value;
    }
  }
}

function gatherRows(
  source: Float32Array,
  { points, first, weights }: AxisBasis,
  rows: number,
  gradient: Float64Array,
  offset: number,
): void {
  const width = first.length;
  for (let row = 0; row < rows; row++) {
    const from = row * width;
    const to = offset + row * points;
    for (let x = 0; x < width; x++) {
      const value = source[from + x]!;
      const c = to + first[x]!;
      const w = 4 * x;
      gradient[c]! += weights[w]! * value;
      gradient[c + 1]! += weights[w + 1]! * value;
      gradient[c + 2]! += weights[w + 2]! * value;
      gradient[c + 3]! += weights[w + 3]! * value;
    }
  }
}
