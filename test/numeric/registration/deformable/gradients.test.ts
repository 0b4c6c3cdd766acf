import { describe, expect, it } from 'vitest';
import { bendingEnergy } from '../../../../src/ml/registration/deformable/bending-energy.ts';
import {
  componentsOf,
  latticeOver,
  pointsOf,
  refineCoefficients,
} from '../../../../src/ml/registration/deformable/control-lattice.ts';
import { freeFormObjective } from '../../../../src/ml/registration/deformable/free-form-objective.ts';
import { mutualInformation } from '../../../../src/ml/registration/deformable/joint-histogram-cost.ts';
import { localCorrelation } from '../../../../src/ml/registration/deformable/local-correlation-cost.ts';
import { splineExpansion } from '../../../../src/ml/registration/deformable/spline-expansion.ts';
import { identityMatrix, rotationOfEuler } from '../../../../src/ml/registration/transform.ts';
import { voxelCount } from '../../../../src/twins/volume.ts';
import { gridOf, randomOf, scanOf } from '../../../support/synthetic-anatomy.ts';

const slice = gridOf([1, 52, 44], [4, 4, 4.5]);
const volume = gridOf([14, 20, 18], [10, 9, 9], Array.from(rotationOfEuler(0.1, -0.2, 0.3)));
const turned = identityMatrix();
turned.set(rotationOfEuler(0, 0, 0.06).subarray(0, 3), 0);
turned.set(rotationOfEuler(0, 0, 0.06).subarray(3, 6), 4);
turned[3] = 3;

const noise = (length: number, scale: number, seed = 3): Float64Array => {
  const random = randomOf(seed);
  return Float64Array.from({ length }, () => scale * (2 * random() - 1));
};

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, index) => sum + value * b[index]!, 0);

/** The derivative of a function along a direction, by central differences. */
function slopeAlong(value: (point: Float64Array) => number, at: Float64Array, direction: Float64Array, step: number) {
  const moved = (sign: number) => at.map((coordinate, index) => coordinate + sign * step * direction[index]!);
  return (value(moved(1)) - value(moved(-1))) / (2 * step);
}

describe.each([
  ['a slice', slice],
  ['a volume', volume],
] as const)('on %s', (_, grid) => {
  const scaled = (voxels: Float32Array) => voxels.map((value) => Math.min(0.98, Math.max(0.02, 0.1 + value / 1300)));
  const fixed = { ...grid, voxels: scaled(scanOf(grid, { noise: 0.02 }).voxels) };
  const moving = { ...grid, voxels: scaled(scanOf(grid, { gamma: 1.2, noise: 0.02, gain: 900 }).voxels) };
  const lattice = latticeOver(grid, 40);
  const size = componentsOf(grid) * pointsOf(lattice);

  it('gathering is the adjoint of expanding', () => {
    const { expand, gather } = splineExpansion(lattice, grid);
    const coefficients = noise(pointsOf(lattice), 1);
    const field = Float32Array.from(noise(voxelCount(grid.shape), 1, 4));
    const expanded = new Float32Array(field.length);
    expand(coefficients, 0, expanded);
    const gathered = new Float64Array(coefficients.length);
    const ones = new Float32Array(field.length).fill(1);
    gather(field, ones, gathered, 0);
    expect(dot(gathered, coefficients)).toBeCloseTo(dot(field, expanded), 3);
    const ofSquares = new Float64Array(coefficients.length);
    gather(field, field, ofSquares, 0);
    expect(dot(ofSquares, coefficients)).toBeCloseTo(
      dot(
        field.map((value) => value * value),
        expanded,
      ),
      3,
    );
  });

  it('a refined lattice describes the same splines', () => {
    const coarse = latticeOver(grid, 20, 1);
    const fine = latticeOver(grid, 20);
    const coefficients = noise(pointsOf(coarse), 5);
    const [a, b] = [new Float32Array(voxelCount(grid.shape)), new Float32Array(voxelCount(grid.shape))];
    splineExpansion(coarse, grid).expand(coefficients, 0, a);
    splineExpansion(fine, grid).expand(refineCoefficients(coefficients, coarse, fine), 0, b);
    expect(Math.max(...a.map((value, index) => Math.abs(value - b[index]!)))).toBeLessThan(1e-5);
  });

  it('bending energy has its gradient, and none for an affine displacement', () => {
    const at = noise(pointsOf(lattice), 5);
    const direction = noise(pointsOf(lattice), 1, 8);
    const gradient = new Float64Array(at.length);
    bendingEnergy(at, 0, lattice, 0.7, gradient);
    const value = (point: Float64Array) => bendingEnergy(point, 0, lattice, 0.7, new Float64Array(at.length));
    expect(dot(gradient, direction) / slopeAlong(value, at, direction, 1e-3)).toBeCloseTo(1, 6);
    const [nz, ny, nx] = lattice.shape;
    const affine = Float64Array.from({ length: nz * ny * nx }, (__, i) => {
      const [x, y, z] = [i % nx, Math.floor(i / nx) % ny, Math.floor(i / nx / ny)];
      return 3 + 2 * x - y + 0.5 * z;
    });
    expect(value(affine)).toBeCloseTo(0, 12);
  });

  it.each([
    ['mutual information', mutualInformation(fixed.voxels, 24)],
    ['local correlation', localCorrelation(fixed.voxels, grid.shape, 2)],
  ] as const)('the derivative of %s by the warped voxels is that of finite differences', (__, cost) => {
    const compared = Uint8Array.from(moving.voxels, (___, index) => (index % 7 === 0 ? 0 : 1));
    const force = new Float32Array(moving.voxels.length);
    cost(moving.voxels, compared, force);
    const direction = noise(force.length, 1, 5);
    const value = (point: Float64Array) => cost(Float32Array.from(point), compared, new Float32Array(force.length));
    expect(dot(force, direction) / slopeAlong(value, Float64Array.from(moving.voxels), direction, 1e-3)).toBeCloseTo(
      1,
      2,
    );
    expect(force.some((value_, index) => compared[index] === 0 && value_ !== 0)).toBe(false);
  });

  it.each([
    ['mutual-information', 1],
    ['mutual-information', 2],
    ['local-cross-correlation', 3],
    ['local-cross-correlation', 4],
  ] as const)('the gradient of %s by control points is that of finite differences (%i)', (cost, seed) => {
    // Half of the voxels are masked, and nothing reaches the border of the moving image.
    const mask = Uint8Array.from(fixed.voxels, (___, i) => {
      const [x, y] = [i % grid.shape[2], Math.floor(i / grid.shape[2]) % grid.shape[1]];
      const z = Math.floor(i / grid.shape[2] / grid.shape[1]);
      const isDeep = grid.shape[0] === 1 || (z > 3 && z < grid.shape[0] - 4);
      return isDeep && x > 5 && y > 5 && x < grid.shape[2] - 6 && y < grid.shape[1] - 6 ? 1 : 0;
    });
    const parameters = { cost, bendingWeight: 0.5 };
    const { objective } = freeFormObjective({ ...fixed, mask }, moving, turned, lattice, parameters);
    const at = noise(size, 4, seed);
    const gradient = new Float64Array(size);
    objective(at, gradient);
    const direction = gradient.map((part) => part + 0.3 * Math.abs(part));
    const slope = slopeAlong(
      (point) => objective(point, new Float64Array(size)),
      at,
      direction,
      0.02 / Math.sqrt(dot(direction, direction)),
    );
    expect(dot(gradient, direction) / slope).toBeGreaterThan(0.98);
    expect(dot(gradient, direction) / slope).toBeLessThan(1.02);
  });
});
