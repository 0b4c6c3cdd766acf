import type { RegistrationPlan } from '../../../twins/registration-plan.ts';
import { voxelCount } from '../../../twins/volume.ts';
import type { Level } from '../cost.ts';
import type { DeformableMethod } from '../displacement-field.ts';
import type { Matrix4 } from '../transform.ts';
import { bendingEnergy } from './bending-energy.ts';
import { componentsOf, latticeOver, pointsOf, refineCoefficients, type ControlLattice } from './control-lattice.ts';
import { mutualInformation } from './joint-histogram-cost.ts';
import { minimise, type Objective } from './limited-memory-bfgs.ts';
import { localCorrelation } from './local-correlation-cost.ts';
import { fieldOfSplines } from './spline-deformation.ts';
import { splineExpansion } from './spline-expansion.ts';
import { warpedImage } from './warped-image.ts';

export type FreeFormParameters = Pick<
  Extract<NonNullable<RegistrationPlan['deformable']>, { method: 'ffd' }>,
  'cost' | 'gridSpacingMm' | 'bendingWeight'
>;

/** Levels that are searched, coarse to fine: the global alignment has done what coarser ones could. */
const MOST_LEVELS = 3;
/** Per level, finest last. */
const ITERATIONS = [40, 30, 20];
const TOLERANCE = 2e-3;
const BINS = 36;
const RADIUS = 4;

/**
 * B-spline free-form deformation (Rueckert et al., IEEE TMI 18(8), 1999): one lattice of cubic B-splines before the global
 * transform, refined from level to level without changing the map (Lane and Riesenfeld 1980). The cost is minus mutual
 * information or minus local cross-correlation plus the bending energy, lowered by L-BFGS. A voxel whose counterpart lies
 * outside the moving image exerts no force.
 */
export const freeFormDeformation: DeformableMethod<FreeFormParameters> = (
  fixed,
  moving,
  initial,
  { cost, gridSpacingMm, bendingWeight },
  { checkAbort, onProgress } = {},
) => {
  const levels = Math.min(MOST_LEVELS, fixed.length, moving.length);
  const finest = fixed[0]!;
  let lattice = latticeOver(finest, gridSpacingMm, levels - 1);
  let coefficients: Float64Array = new Float64Array(componentsOf(finest) * pointsOf(lattice));
  for (let level = levels - 1; level >= 0; level--) {
    if (level < levels - 1) {
      const next = latticeOver(finest, gridSpacingMm, level);
      coefficients = refineCoefficients(coefficients, lattice, next);
      lattice = next;
    }
    const { objective, curvature } = objectiveOf(fixed[level]!, moving[level]!, initial, lattice, cost, bendingWeight);
    const largestStep = 2 * fixed[level]!.spacingMm[2];
    let iteration = 0;
    const iterations = ITERATIONS[levels - 1 - level]!;
    minimise(objective, coefficients, {
      iterations,
      tolerance: TOLERANCE,
      largestStep,
      curvature: curvature(coefficients),
      onIteration: () => {
        checkAbort?.();
        onProgress?.((levels - 1 - level + iteration++ / iterations) / levels);
      },
    });
  }
  const { shape, spacingMm, originMm, direction } = finest;
  const splines = { initial, lattice, image: { shape, spacingMm, originMm, direction }, coefficients };
  return { field: fieldOfSplines(splines, finest), splines };
};

export function objectiveOf(
  fixed: Level,
  moving: Level,
  initial: Matrix4,
  lattice: ControlLattice,
  cost: FreeFormParameters['cost'],
  bendingWeight: number,
): { readonly objective: Objective; readonly curvature: (at: Float64Array) => Float64Array } {
  const count = voxelCount(fixed.shape);
  const points = pointsOf(lattice);
  const components = componentsOf(fixed);
  const warped = warpedImage(moving, fixed, initial);
  const { expand, gather } = splineExpansion(lattice, fixed);
  const displacements = Array.from({ length: components }, () => new Float32Array(count));
  const force = new Float32Array(count);
  const measure =
    cost === 'mutual-information'
      ? mutualInformation(fixed.voxels, BINS)
      : localCorrelation(fixed.voxels, fixed.shape, RADIUS);

  const warpAt = (coefficients: Float64Array): void => {
    for (let component = 0; component < components; component++) {
      expand(coefficients, component * points, displacements[component]!);
    }
    warped.sample(displacements);
  };

  const objective: Objective = (coefficients, gradient) => {
    warpAt(coefficients);
    let value = measure(warped.voxels, warped.inView, force);
    gradient.fill(0);
    for (let component = 0; component < components; component++) {
      const slopes = warped.slopes[component]!;
      for (let i = 0; i < count; i++) {
        slopes[i]! *= force[i]!;
      }
      gather(slopes, gradient, component * points);
      value += bendingEnergy(coefficients, component * points, lattice, bendingWeight, gradient);
    }
    return value;
  };

  const curvature = (coefficients: Float64Array): Float64Array => {
    warpAt(coefficients);
    const out = new Float64Array(coefficients.length);
    for (let component = 0; component < components; component++) {
      const slopes = warped.slopes[component]!;
      for (let i = 0; i < count; i++) {
        slopes[i]! *= slopes[i]!;
      }
      gather(slopes, out, component * points);
    }
    const largest = out.reduce((most, value) => Math.max(most, value), 0);
    return out.map((value) => Math.max(value, 0.02 * largest));
  };
  return { objective, curvature };
}
