/**
 * The population's distribution of effects: theta = m_k + T z + N(0, S_k) with probability w_k, z the offsets that a patient's
 * statics stand for. Matrices row-major.
 */
export interface EffectPrior {
  readonly effects: number;
  readonly components: number;
  /** Numbers in z. */
  readonly offsets: number;
  /** [components] */
  readonly weights: Float64Array;
  /** [components, effects] */
  readonly means: Float64Array;
  /** [components, effects, effects] */
  readonly covariances: Float64Array;
  /** T: [effects, offsets] */
  readonly shifts: Float64Array;
  /** Of an interval of the reference length, by variable. */
  readonly noiseVariances: Float64Array;
}

/** A copy that can be changed without changing the original. */
export const copyPrior = (prior: EffectPrior): EffectPrior => ({
  ...prior,
  weights: prior.weights.slice(),
  means: prior.means.slice(),
  covariances: prior.covariances.slice(),
  shifts: prior.shifts.slice(),
  noiseVariances: prior.noiseVariances.slice(),
});

/** Mean effects of a component for a patient with these static offsets. */
export function priorMean(
  { means, shifts, effects, offsets }: EffectPrior,
  component: number,
  design: Float64Array,
): Float64Array {
  const mean = means.slice(component * effects, (component + 1) * effects);
  for (let e = 0; e < effects; e += 1) {
    for (let o = 0; o < offsets; o += 1) mean[e]! += shifts[e * offsets + o]! * design[o]!;
  }
  return mean;
}
