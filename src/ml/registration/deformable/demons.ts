import type { RegistrationPlan } from '../../../twins/registration-plan.ts';
import { voxelCount, type VolumeGeometry } from '../../../twins/volume.ts';
import type { Level } from '../cost.ts';
import type { DeformableMethod } from '../displacement-field.ts';
import type { Matrix4 } from '../transform.ts';
import { chain, exponentiate, noDisplacements, refined, type AxisDisplacements } from './axis-displacements.ts';
import { intensityDifference, localDifference } from './demons-force.ts';
import { windowRadius } from './pair-windows.ts';
import { gaussianSmoothing } from './gaussian-smoothing.ts';
import { fieldOfAxes } from './spline-deformation.ts';
import { warpedImage } from './warped-image.ts';

export interface DemonsParameters extends Pick<
  Extract<NonNullable<RegistrationPlan['deformable']>, { method: 'demons' }>,
  'force' | 'diffusionSigma'
> {
  /**
   * `thirion`: forces of the fixed image's edges, added up (Thirion, Medical Image Analysis 2(3), 1998). `symmetric`: forces
   * of both images' edges, composed (Vercauteren et al., MICCAI 2007). `diffeomorphic`, the default: the exponentials of
   * those, so that no step folds (Vercauteren et al., NeuroImage 45(1), 2009).
   */
  readonly variant?: 'thirion' | 'symmetric' | 'diffeomorphic';
  /** Whether the finest level is searched, or the one before is the last. By default slices above 256x256 end early. */
  readonly finest?: 'full' | 'half';
}

/** Per level, finest first. */
const ITERATIONS = [30, 40, 40, 40];
/** The relative fall of the cost that counts as progress, and after how many iterations without any a level ends. */
const TOLERANCE = 1e-4;
const PATIENCE = 5;
/** Voxels. */
const FLUID_SIGMA = 2;
const LARGEST_STEP = 2;
/** A rougher exponential than this would show; a finer one costs time in every iteration. */
const FIRST_STEP = 0.5;
const WEAK_EDGES = 0.3;
const LARGEST_FULL_SLICE = 256 * 256;

/**
 * Demons: a force per voxel from how its intensity differs and where edges are, smoothed as a fluid before and by diffusion
 * after it is taken into the field, coarse to fine. A voxel whose counterpart lies outside the moving image exerts no force.
 */
export const demons: DeformableMethod<DemonsParameters> = (
  fixed,
  moving,
  initial,
  parameters,
  { checkAbort, onProgress } = {},
) => {
  const levels = Math.min(ITERATIONS.length, fixed.length, moving.length);
  const finest = fixed[0]!;
  const isLarge = finest.shape[0] === 1 && voxelCount(finest.shape) > LARGEST_FULL_SLICE;
  const last = (parameters.finest ?? (isLarge ? 'half' : 'full')) === 'half' ? Math.min(1, levels - 1) : 0;
  let grid: VolumeGeometry = fixed[levels - 1]!;
  let displacements = noDisplacements(grid.shape);
  for (let level = levels - 1; level >= last; level--) {
    displacements = refined(displacements, grid, fixed[level]!);
    grid = fixed[level]!;
    const iterations = ITERATIONS[level]!;
    const search = searchOf(fixed[level]!, moving[level]!, initial, parameters, displacements);
    let best = Infinity;
    for (let iteration = 0, stalled = 0; iteration < iterations && stalled < PATIENCE; iteration++) {
      checkAbort?.();
      onProgress?.((levels - 1 - level + iteration / iterations) / (levels - last));
      const cost = search.step();
      stalled = cost < best - TOLERANCE * Math.abs(cost) ? 0 : stalled + 1;
      best = Math.min(best, cost);
    }
    displacements = search.displacements();
  }
  const inMm = refined(displacements, grid, finest).map((component, index) =>
    component.map((value) => value * finest.spacingMm[2 - index]!),
  );
  return { field: fieldOfAxes(inMm, finest, initial), splines: null };
};

interface Search {
  /** One iteration; returns the cost before it. */
  readonly step: () => number;
  readonly displacements: () => AxisDisplacements;
}

function searchOf(
  fixed: Level,
  moving: Level,
  initial: Matrix4,
  { force, diffusionSigma, variant = 'diffeomorphic' }: DemonsParameters,
  start: AxisDisplacements,
): Search {
  const { shape, spacingMm } = fixed;
  const count = voxelCount(shape);
  const smallest = Math.min(...start.map((_, index) => spacingMm[2 - index]!));
  const inVoxels = (sigma: number) => spacingMm.map((spacing) => (sigma * smallest) / spacing);
  const fluid = gaussianSmoothing(shape, inVoxels(FLUID_SIGMA));
  const diffusion = gaussianSmoothing(shape, inVoxels(diffusionSigma));
  const warped = warpedImage(moving, fixed, initial);
  const measure =
    force === 'squared-difference'
      ? intensityDifference(fixed.voxels)
      : localDifference(fixed.voxels, shape, windowRadius(shape));
  const residual = new Float32Array(count);
  const edgesOfFixed = noDisplacements(shape);
  gradientOf(fixed.voxels, fixed, edgesOfFixed);
  const edges = noDisplacements(shape);
  const inMm = noDisplacements(shape);
  const bound = 1 / (4 * (LARGEST_STEP * smallest) ** 2);
  let current = start;
  let update = noDisplacements(shape);
  let spare = noDisplacements(shape);

  const step = (): number => {
    for (let axis = 0; axis < current.length; axis++) {
      scaleInto(current[axis]!, spacingMm[2 - axis]!, inMm[axis]!);
    }
    warped.sample(inMm);
    const cost = measure(warped.voxels, warped.inView, residual);
    if (variant !== 'thirion') {
      gradientOf(warped.voxels, fixed, edges);
    }
    forcesOf(residual, edgesOfFixed, variant === 'thirion' ? edgesOfFixed : edges, bound, spacingMm, update);
    for (const component of update) {
      fluid(component);
    }
    if (variant === 'thirion') {
      for (let axis = 0; axis < current.length; axis++) {
        addInto(current[axis]!, update[axis]!);
      }
    } else {
      if (variant === 'diffeomorphic') {
        const flow = exponentiate(update, shape, spare, FIRST_STEP);
        if (flow === spare) {
          [update, spare] = [spare, update];
        }
      }
      chain(update, current, shape, spare);
      [current, spare] = [spare, current];
    }
    for (const component of current) {
      diffusion(component);
    }
    return cost;
  };
  return { step, displacements: () => current };
}

/**
 * Steps in voxels: residual * edge / (edge^2 + residual^2 * bound + weak), where the edge is the mean of both images'. The
 * last term, a share of the mean square of edges, is not in the papers: without it noise moves flat voxels the most.
 */
function forcesOf(
  residual: Float32Array,
  edgesOfFixed: AxisDisplacements,
  edgesOfWarped: AxisDisplacements,
  bound: number,
  spacingMm: readonly [number, number, number],
  update: AxisDisplacements,
): void {
  const [fx, fy, wx, wy] = [edgesOfFixed[0]!, edgesOfFixed[1]!, edgesOfWarped[0]!, edgesOfWarped[1]!];
  const [ux, uy] = [update[0]!, update[1]!];
  const uz = update[2];
  const fz = edgesOfFixed[2] ?? fx;
  const wz = edgesOfWarped[2] ?? wx;
  const [toX, toY, toZ] = [1 / spacingMm[2], 1 / spacingMm[1], 1 / spacingMm[0]];
  let square = 0;
  for (let i = 0; i < residual.length; i++) {
    const x = 0.5 * (fx[i]! + wx[i]!);
    const y = 0.5 * (fy[i]! + wy[i]!);
    const z = uz === undefined ? 0 : 0.5 * (fz[i]! + wz[i]!);
    square += x * x + y * y + z * z;
  }
  const weak = (WEAK_EDGES * square) / residual.length + 1e-12;
  for (let i = 0; i < residual.length; i++) {
    const difference = residual[i]!;
    const x = 0.5 * (fx[i]! + wx[i]!);
    const y = 0.5 * (fy[i]! + wy[i]!);
    const z = uz === undefined ? 0 : 0.5 * (fz[i]! + wz[i]!);
    const size = x * x + y * y + z * z + difference * difference * bound + weak;
    const scale = difference / size;
    ux[i] = scale * x * toX;
    uy[i] = scale * y * toY;
    if (uz !== undefined) {
      uz[i] = scale * z * toZ;
    }
  }
}

/** Central differences per mm; one-sided at the border. */
function gradientOf(voxels: Float32Array, { shape, spacingMm }: VolumeGeometry, out: AxisDisplacements): void {
  const [, height, width] = shape;
  for (let component = 0; component < out.length; component++) {
    const axis = (2 - component) as 0 | 1 | 2;
    const stride = axis === 2 ? 1 : axis === 1 ? width : width * height;
    const length = shape[axis];
    const target = out[component]!;
    const inside = 0.5 / spacingMm[axis];
    const atBorder = length > 1 ? 1 / spacingMm[axis] : 0;
    for (let start = 0; start < voxels.length; start += stride * length) {
      for (let position = 0; position < length; position++) {
        const before = position > 0 ? stride : 0;
        const after = position < length - 1 ? stride : 0;
        const scale = before > 0 && after > 0 ? inside : atBorder;
        const from = start + position * stride;
        for (let i = from; i < from + stride; i++) {
          target[i] = scale * (voxels[i + after]! - voxels[i - before]!);
        }
      }
    }
  }
}

function scaleInto(source: Float32Array, factor: number, out: Float32Array): void {
  for (let i = 0; i < source.length; i++) {
    out[i] = factor * source[i]!;
  }
}

function addInto(target: Float32Array, source: Float32Array): void {
  for (let i = 0; i < target.length; i++) {
    target[i]! += source[i]!;
  }
}
