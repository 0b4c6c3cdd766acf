/**
 * Best published entries of the benchmark, normalised RMSE in percent, mean of five seeds, by gamma 0..4: the best of MSM, RMSN,
 * CRN, G-Net and Causal Transformer (Melnychuk, Frauen, Feuerriegel, "Causal Transformer for Estimating Counterfactual
 * Outcomes", ICML 2022, tables 9, 10 and 11). Quoted, not measured here.
 */
export const PUBLISHED_BEST = {
  oneStep: [0.755, 0.783, 0.862, 1.057, 1.319],
  /** Two to six steps. */
  sliding: [
    [0.671, 0.666, 0.713, 0.875, 1.072],
    [0.7, 0.692, 0.77, 0.969, 1.261],
    [0.726, 0.722, 0.822, 1.053, 1.416],
    [0.756, 0.755, 0.87, 1.118, 1.434],
    [0.789, 0.79, 0.909, 1.177, 1.436],
  ],
  random: [
    [0.761, 0.76, 0.805, 0.944, 1.163],
    [0.762, 0.777, 0.826, 0.996, 1.267],
    [0.726, 0.743, 0.802, 0.983, 1.169],
    [0.669, 0.692, 0.747, 0.922, 1.057],
    [0.605, 0.631, 0.675, 0.847, 0.947],
  ],
} as const;

/** Which model's the entry is, where we know. */
export const PUBLISHED_MODELS = {
  oneStep: ['CRN', 'CT', 'CT', 'G-Net', 'G-Net'],
  slidingSix: ['CT', 'CRN', 'CT', 'CT', 'RMSN'],
  randomSix: ['CT', 'CRN', 'RMSN', 'RMSN', 'RMSN'],
} as const;
