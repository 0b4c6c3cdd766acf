import type { DisplacementField, SplineDeformation } from '../../../twins/registration.ts';
import type { VolumeGeometry } from '../../../twins/volume.ts';
import { pointsOf } from '../deformable/control-lattice.ts';
import { fieldOf } from '../deformable/field-sampler.ts';
import { compose, identityMatrix, transformPoint, type Matrix4 } from '../transform.ts';
import { splineMap, type SplineGrid } from './spline-grid.ts';

/** What transform files hold: maps from LPS mm of the fixed image to LPS mm of the moving one, in the order of their use. */
export interface TransformChain {
  /** In two dimensions z is not part of any file: matrices leave it alone, and splines do not ask for it. */
  readonly dimension: 2 | 3;
  readonly steps: readonly TransformStep[];
}

export type TransformStep =
  /** `isRigid` chooses the kind of the file: rotation angles or a matrix. */
  | { readonly kind: 'matrix'; readonly matrix: Matrix4; readonly isRigid: boolean }
  | { readonly kind: 'splines'; readonly grid: SplineGrid; readonly coefficients: Float64Array };

/** A matrix alone. */
export const chainOfMatrix = (matrix: Matrix4, dimension: 2 | 3, isRigid = false): TransformChain => ({
  dimension,
  steps: [{ kind: 'matrix', matrix, isRigid }],
});

/**
 * Splines and the matrix after them. A slice that lies in a plane of constant z becomes a chain of two dimensions, like the
 * image that ITK reads from a picture file; any other slice one of three, whose lattice repeats itself across the slice.
 */
export function chainOfSplines(splines: SplineDeformation): TransformChain {
  const { initial, image } = splines;
  const dimension = image.shape[0] === 1 && isOfConstantZ(image) ? 2 : 3;
  return {
    dimension,
    steps: [
      { kind: 'splines', ...worldSplines(splines, dimension) },
      { kind: 'matrix', matrix: initial, isRigid: false },
    ],
  };
}

/** The map of a chain on a grid. */
export function fieldOfChain({ dimension, steps }: TransformChain, geometry: VolumeGeometry): DisplacementField {
  const maps = steps.map((step) =>
    step.kind === 'matrix' ? matrixMap(step.matrix) : splineMap(step.grid, step.coefficients, dimension),
  );
  const point = new Float64Array(3);
  return fieldOf(geometry, (x, y, z, out) => {
    point[0] = x;
    point[1] = y;
    point[2] = z;
    for (const map of maps) {
      map(point);
    }
    out[0] = point[0] - x;
    out[1] = point[1] - y;
    out[2] = point[2] - z;
  });
}

/** The matrix that a chain of matrices amounts to; null when it has splines. */
export function matrixOfChain({ steps }: TransformChain): Matrix4 | null {
  let matrix = identityMatrix();
  for (const step of steps) {
    if (step.kind === 'splines') {
      return null;
    }
    matrix = compose(step.matrix, matrix);
  }
  return matrix;
}

/** Whether the plane of a slice is one of constant z, seen from its front. */
export const isOfConstantZ = ({ direction }: VolumeGeometry): boolean =>
  direction[6] === 0 && direction[7] === 0 && direction[8] === 1;

function matrixMap(matrix: Matrix4): (point: Float64Array) => void {
  return (point) => point.set(transformPoint(matrix, point[0]!, point[1]!, point[2]!));
}

/** Rows of a lattice across a slice: as many as a cubic spline reaches. */
const ACROSS = 4;
/**
 * Control points that are put before the first one of each axis. Where the first voxel lies exactly on the border of what
 * the lattice describes, the rounding of other programs may see it outside, where ITK adds nothing.
 */
const BEFORE = 1;

function worldSplines(
  { lattice, image, coefficients }: SplineDeformation,
  dimension: 2 | 3,
): { readonly grid: SplineGrid; readonly coefficients: Float64Array } {
  const { direction, originMm } = image;
  const isSlice = image.shape[0] === 1;
  const [nz, ny, nx] = lattice.shape;
  const points = pointsOf(lattice);
  const spacingMm = [lattice.spacingMm[2], lattice.spacingMm[1], isSlice ? image.spacingMm[0] : lattice.spacingMm[0]];
  const size = [nx + BEFORE, ny + BEFORE, dimension === 2 ? 1 : (isSlice ? ACROSS : nz) + BEFORE];
  const [width, height, depth] = size as [number, number, number];
  const out = new Float64Array(dimension * width * height * depth);
  for (let row = 0, to = 0; row < dimension; row++) {
    for (let z = 0; z < depth; z++) {
      const layer = isSlice ? 0 : Math.max(0, z - BEFORE);
      for (let y = 0; y < height; y++) {
        const from = (layer * ny + Math.max(0, y - BEFORE)) * nx;
        for (let x = 0; x < width; x++, to++) {
          const i = from + Math.max(0, x - BEFORE);
          for (let axis = 0; axis * points < coefficients.length; axis++) {
            out[to]! += direction[3 * row + axis]! * coefficients[axis * points + i]!;
          }
        }
      }
    }
  }
  const long = dimension === 2 ? [0, 1] : [0, 1, 2];
  const lead = 1 + BEFORE;
  return {
    grid: {
      size: size.slice(0, dimension),
      spacingMm: spacingMm.slice(0, dimension),
      originMm: long.map((row) =>
        long.reduce((sum, axis) => sum - lead * direction[3 * row + axis]! * spacingMm[axis]!, originMm[row]!),
      ),
      direction: long.flatMap((row) => long.map((axis) => direction[3 * row + axis]!)),
    },
    coefficients: out,
  };
}
