/** The 1st and 99th percentile of an image, which become 0 and 1 where images of different patients are compared. */
export interface IntensityRange {
  readonly low: number;
  /** high - low, above 0. */
  readonly width: number;
}

const SAMPLE = 65_536;

/** Found on at most 65,536 evenly spaced voxels; null for an image without contrast. All voxels must be finite. */
export function intensityRangeOf(voxels: Float32Array): IntensityRange | null {
  const step = Math.max(1, Math.ceil(voxels.length / SAMPLE));
  const sample = new Float32Array(Math.ceil(voxels.length / step));
  for (let k = 0; k < sample.length; k += 1) sample[k] = voxels[k * step]!;
  sample.sort();
  const last = sample.length - 1;
  const percentiles = [sample[Math.floor(last * 0.01)]!, sample[Math.ceil(last * 0.99)]!] as const;
  const extremes = [sample[0]!, sample[last]!] as const;
  const [low, high] = percentiles[1] > percentiles[0] ? percentiles : extremes;
  return high > low ? { low, width: high - low } : null;
}
