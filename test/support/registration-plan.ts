import type { RegistrationPlan } from '../../src/twins/disease-definition.ts';

/** A plan with the thresholds measured for MRI of one contrast. */
export function planOf(stages: RegistrationPlan['stages'] = ['rigid', 'affine']): RegistrationPlan {
  return {
    stages,
    preprocessing: { percentiles: [0.5, 99.5] },
    acceptance: { maskedSsim: 0.75, maskedSsimReview: 0.7, evidence: 'follow-up FLAIR pairs of two patients' },
  };
}
