import { describe, expect, it } from 'vitest';
import { judge } from '../../../src/ml/registration/gate.ts';
import type { SimilarityMeasures } from '../../../src/twins/registration.ts';

const ACCEPTANCE = {
  measure: 'masked-ssim',
  judged: 'global',
  accepted: 0.75,
  review: 0.7,
  evidence: 'of this test',
} as const;

const similar = (maskedSsim: number): SimilarityMeasures => ({ maskedSsim, nmi: 1.2, ncc: 0.95 });

const judged = (own: number, mirror: number | null) =>
  judge({ measures: similar(own), coverage: 1, nmiGain: 0.1 }, ACCEPTANCE, () =>
    mirror === null ? null : similar(mirror),
  );

describe('the mirror image as the measure of how alike other people are', () => {
  it('leaves an image alone that fits distinctly better', () => {
    expect(judged(0.88, 0.82).verdict).toBe('accepted');
    expect(judged(0.78, null).verdict).toBe('accepted');
  });

  it('asks for a look at an image that fits hardly better', () => {
    const { verdict, reason, isWorthRetrying } = judged(0.78, 0.77);
    expect([verdict, isWorthRetrying]).toEqual(['flagged', false]);
    expect(reason).toContain('hardly better than its mirror image does (similarity 0.78 and 0.77)');
  });

  it('refuses an image that fits worse, and one too unlike to be anything', () => {
    expect(judged(0.8, 0.88).reason).toContain('left and right may be swapped');
    expect(judged(0.69, 0.4).verdict).toBe('refused');
  });

  it('is not asked for where an image is unmistakable', () => {
    expect(judged(0.97, 0.968).verdict).toBe('accepted');
  });
});
