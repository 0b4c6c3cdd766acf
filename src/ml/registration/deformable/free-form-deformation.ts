import type { RegistrationPlan } from '../../../twins/registration-plan.ts';
import type { DeformableMethod } from '../displacement-field.ts';
import { componentsOf, latticeOver, pointsOf, refineCoefficients } from './control-lattice.ts';
import { freeFormObjective } from './free-form-objective.ts';
import { minimise } from './limited-memory-bfgs.ts';
import { sparseLevel } from './sparse-level.ts';
import { fieldOfSplines } from './spline-deformation.ts';

export type FreeFormParameters = Pick<
  Extract<NonNullable<RegistrationPlan['deformable']>, { method: 'ffd' }>,
  'cost' | 'gridSpacingMm' | 'bendingWeight'
>;

/** Levels that are searched, coarse to fine: the global alignment has done what coarser ones could. */
const MOST_LEVELS = 3;
/** Per level, finest last, where most of the time goes. */
const ITERATIONS = [30, 30, 12];
const TOLERANCE = [2e-3, 2e-3, 1e-3];
/** Voxels. */
const LARGEST_STEP = 2;

/**
 * B-spline free-form deformation (Rueckert et al., IEEE TMI 18(8), 1999): one lattice of cubic B-splines before the global
 * transform, refined from level to level without changing the map (Lane and Riesenfeld 1980). The cost is minus mutual
 * information or minus local cross-correlation plus the bending energy, lowered by L-BFGS. A voxel whose counterpart lies
 * outside the moving image exerts no force; of a large image mutual information takes every second voxel of an axis or two.
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
  const latticeAt = (level: number) => latticeOver(finest, gridSpacingMm, Math.max(0, level - 1));
  let lattice = latticeAt(levels - 1);
  let coefficients: Float64Array = new Float64Array(componentsOf(finest) * pointsOf(lattice));
  for (let level = levels - 1; level >= 0; level--) {
    const next = latticeAt(level);
    if (next.spacingMm[2] !== lattice.spacingMm[2]) {
      coefficients = refineCoefficients(coefficients, lattice, next);
      lattice = next;
    }
    // The local correlation needs every voxel of its windows.
    const compared = cost === 'mutual-information' ? sparseLevel(fixed[level]!) : fixed[level]!;
    const { objective, curvature } = freeFormObjective(compared, moving[level]!, initial, lattice, {
      cost,
      bendingWeight,
    });
    let iteration = 0;
    const iterations = ITERATIONS[levels - 1 - level]!;
    minimise(objective, coefficients, {
      iterations,
      tolerance: TOLERANCE[levels - 1 - level]!,
      largestStep: LARGEST_STEP * Math.min(...fixed[level]!.spacingMm.slice(1)),
      curvature: curvature(coefficients),
      onIteration: () => {
        checkAbort?.();
        onProgress?.((levels - 1 - level + iteration / iterations) / levels);
        iteration++;
      },
    });
  }
  const { shape, spacingMm, originMm, direction } = finest;
  const splines = { initial, lattice, image: { shape, spacingMm, originMm, direction }, coefficients };
  return { field: fieldOfSplines(splines, finest), splines };
};
