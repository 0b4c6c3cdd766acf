import type { RegistrationPlan } from '../../src/twins/registration-plan.ts';

/** A plan with the thresholds measured for MRI of one contrast. */
export function planOf(stages: RegistrationPlan['stages'] = ['rigid', 'affine']): RegistrationPlan {
  return {
    stages,
    cost: 'squared-difference',
    deformable: null,
    preprocessing: { percentiles: [0.5, 99.5], compare: 'everything', matchHistogram: false, side: 'any' },
    acceptance: {
      measure: 'masked-ssim',
      judged: 'global',
      accepted: 0.75,
      review: 0.7,
      evidence: 'follow-up FLAIR pairs of two patients',
    },
  };
}
