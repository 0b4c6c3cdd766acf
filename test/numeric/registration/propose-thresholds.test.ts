import { describe, expect, it } from 'vitest';
import { proposeThresholds, toleranceFactor } from '../../../src/ml/registration/calibration/propose-thresholds.ts';
import { randomStream } from '../../../src/ml/cohorts/random-stream.ts';

describe('the tolerance factor', () => {
  // Exact one-sided factors of the non-central t distribution: scipy.stats.nct.ppf(.95, n - 1, norm.ppf(.95) sqrt(n)) / sqrt(n).
  it.each([
    [5, 4.2027],
    [10, 2.911],
    [20, 2.396],
    [30, 2.2198],
    [50, 2.065],
    [100, 1.9265],
  ])('of %i values is within 1.3 %% of the exact one', (n, exact) => {
    expect(Math.abs(toleranceFactor(n) / exact - 1)).toBeLessThan(0.013);
  });
});

describe('thresholds', () => {
  it('lie between pairs that must not pass and aligned ones, where these are apart', () => {
    const accepted = [0.95, 0.9, 0.88, 0.93, 0.85, 0.91];
    const proposal = proposeThresholds('masked-ssim', { accepted, refused: [0.4, 0.65, 0.6] });
    expect(proposal).toMatchObject({ review: 0.75, accepted: 0.85, falseAccepts: 0, falseRejects: 0 });
    expect(proposal.evidence).toContain('6 aligned pairs: masked-ssim 0.850 to 0.950, of which 0 would be refused');
    expect(proposal.evidence).toContain('3 that must not pass scored 0.400 to 0.650');
  });

  it('never let a pair pass that must not, and say how many aligned pairs that costs', () => {
    const accepted = [0.95, 0.9, 0.88, 0.93, 0.85, 0.91, 0.92, 0.94, 0.96, 0.7];
    const proposal = proposeThresholds('masked-ssim', { accepted, refused: [0.72] });
    expect(proposal.review).toBeGreaterThan(0.72);
    expect(proposal).toMatchObject({ falseAccepts: 0, falseRejects: 1 });
  });

  it('are not proposed where the measure does not tell the pairs apart', () => {
    const values = { accepted: [0.5, 0.6, 0.7, 0.8, 0.9], refused: [0.75] };
    expect(() => proposeThresholds('masked-ssim', values)).toThrow('3 of 5 aligned pairs would be refused');
  });

  it('need five aligned pairs', () => {
    expect(() => proposeThresholds('nmi-gain', { accepted: [0.1, 0.2, 0.3, 0.4], refused: [] })).toThrow('at least 5');
  });

  it('of aligned pairs alone let 95 % of such pairs pass, in 95 % of samples', () => {
    const [samples, size] = [400, 30];
    let kept = 0;
    for (let sample = 0; sample < samples; sample++) {
      const random = randomStream('thresholds', sample);
      const accepted = Array.from({ length: size }, () => 0.1 + 0.02 * random.normal());
      const { review } = proposeThresholds('nmi-gain', { accepted, refused: [] });
      // 5 % of a normal variable lie below its mean less 1.645 deviations.
      kept += Number(review <= 0.1 - 1.645 * 0.02);
    }
    expect(kept / samples).toBeGreaterThanOrEqual(0.95);
  });
});
