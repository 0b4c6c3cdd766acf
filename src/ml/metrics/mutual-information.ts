type Samples = Float64Array | Float32Array;

/** What one image tells about another. */
export interface MutualInformation {
  /** H(a) + H(b) - H(a,b) in nats, 0 or more (Viola and Wells 1997; Collignon 1995). */
  readonly mi: number;
  /** (H(a) + H(b)) / H(a,b), 1..2 (Studholme, Hill, Hawkes, Pattern Recognition 32(1), 1999); NaN when both are constant. */
  readonly nmi: number;
}

/**
 * Mutual information from a joint histogram of `bins` x `bins` equal bins between each image's smallest and largest value;
 * equals numpy's `histogram2d`. `mask`, where given, selects the voxels with a value other than 0.
 */
export function mutualInformation(a: Samples, b: Samples, bins: number, mask?: Uint8Array): MutualInformation {
  let lowA = Infinity;
  let highA = -Infinity;
  let lowB = Infinity;
  let highB = -Infinity;
  let count = 0;
  for (let i = 0; i < a.length; i++) {
    if (mask === undefined || mask[i] !== 0) {
      const va = a[i]!;
      const vb = b[i]!;
      lowA = va < lowA ? va : lowA;
      highA = va > highA ? va : highA;
      lowB = vb < lowB ? vb : lowB;
      highB = vb > highB ? vb : highB;
      count++;
    }
  }
  const scaleA = highA > lowA ? bins / (highA - lowA) : 0;
  const scaleB = highB > lowB ? bins / (highB - lowB) : 0;
  const joint = new Float64Array(bins * bins);
  const marginalA = new Float64Array(bins);
  const marginalB = new Float64Array(bins);
  for (let i = 0; i < a.length; i++) {
    if (mask === undefined || mask[i] !== 0) {
      const row = Math.min(bins - 1, ((a[i]! - lowA) * scaleA) | 0);
      const column = Math.min(bins - 1, ((b[i]! - lowB) * scaleB) | 0);
      joint[row * bins + column]!++;
    }
  }
  for (let row = 0; row < bins; row++) {
    for (let column = 0; column < bins; column++) {
      const both = joint[row * bins + column]!;
      marginalA[row]! += both;
      marginalB[column]! += both;
    }
  }
  const marginal = entropy(marginalA, count) + entropy(marginalB, count);
  const both = entropy(joint, count);
  return { mi: marginal - both, nmi: marginal / both };
}

function entropy(counts: Float64Array, total: number): number {
  let sum = 0;
  for (const count of counts) {
    if (count > 0) {
      sum -= (count / total) * Math.log(count / total);
    }
  }
  return sum;
}
