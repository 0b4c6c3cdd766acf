import type { ControlLattice } from '../../../twins/registration.ts';
import { voxelCount } from '../../../twins/volume.ts';
import type { Level } from '../cost.ts';
import type { Matrix4 } from '../transform.ts';
import { bendingEnergy } from './bending-energy.ts';
import { componentsOf, pointsOf } from './control-lattice.ts';
import type { FreeFormParameters } from './free-form-deformation.ts';
import { windowRadius } from './pair-windows.ts';
import { mutualInformation } from './joint-histogram-cost.ts';
import type { Objective } from './limited-memory-bfgs.ts';
import { localCorrelation } from './local-correlation-cost.ts';
import { splineExpansion } from './spline-expansion.ts';
import { warpedImage } from './warped-image.ts';

const BINS = 36;
/** Control points over featureless voxels have no curvature of their own; this share of the largest keeps them moving. */
const LEAST_CURVATURE = 0.02;

interface FreeFormObjective {
  readonly objective: Objective;
  /** The square of the moving image's slopes around each control point, up to a factor its second derivative. */
  readonly curvature: (coefficients: Float64Array) => Float64Array;
}

/** The cost of one level as a function of the coefficients ([components][lattice], mm), with its exact gradient. */
export function freeFormObjective(
  fixed: Level,
  moving: Level,
  initial: Matrix4,
  lattice: ControlLattice,
  { cost, bendingWeight }: Pick<FreeFormParameters, 'cost' | 'bendingWeight'>,
): FreeFormObjective {
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
      : localCorrelation(fixed.voxels, fixed.shape, windowRadius(fixed.shape));

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
      gather(warped.slopes[component]!, force, gradient, component * points);
      value += bendingEnergy(coefficients, component * points, lattice, bendingWeight, gradient);
    }
    return value;
  };

  const curvature = (coefficients: Float64Array): Float64Array => {
    warpAt(coefficients);
    const out = new Float64Array(coefficients.length);
    for (let component = 0; component < components; component++) {
      const slopes = warped.slopes[component]!;
      gather(slopes, slopes, out, component * points);
    }
    const largest = out.reduce((most, value) => Math.max(most, value), 0);
    // Images without any slope leave the coefficients where they are, whatever the metric.
    return largest === 0 ? out.fill(1) : out.map((value) => Math.max(value, LEAST_CURVATURE * largest));
  };
  return { objective, curvature };
}
