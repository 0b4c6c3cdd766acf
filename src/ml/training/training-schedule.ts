/** Share of the steps over which the learning rate rises from 0. */
const WARM_UP = 0.05;
/** Share of the steps after which every horizon is trained on. */
const CURRICULUM = 0.4;

/** Learning rate of a step: a linear rise, then half a cosine down to a hundredth (Loshchilov and Hutter 2017, eq. 5). */
export function learningRateAt(step: number, steps: number, peak: number): number {
  const rise = Math.max(1, WARM_UP * steps);
  if (step < rise) return (peak * (step + 1)) / rise;
  const done = (step - rise) / Math.max(1, steps - rise);
  return peak * (0.01 + 0.99 * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, done))));
}

/**
 * The longest horizon that a step is trained on, in the unit of its arguments: from the shortest to the longest over the
 * first two fifths of the steps (curriculum learning, Bengio et al. 2009).
 */
export function horizonLimitAt(step: number, steps: number, shortest: number, longest: number): number {
  const done = Math.min(1, step / Math.max(1, CURRICULUM * steps));
  return shortest + (longest - shortest) * done;
}
