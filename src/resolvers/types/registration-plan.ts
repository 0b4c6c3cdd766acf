import type { RegistrationPlanResolvers } from '../schema-types.ts';

export const RegistrationPlan: RegistrationPlanResolvers = {
  deformation: ({ deformable }) => deformable?.method ?? null,
  acceptanceMeasure: ({ acceptance }) => (acceptance.measure === 'masked-ssim' ? 'MASKED_SSIM' : 'NMI_GAIN'),
  acceptedFrom: ({ acceptance }) => acceptance.accepted,
  refusedBelow: ({ acceptance }) => acceptance.review,
  acceptanceEvidence: ({ acceptance }) => acceptance.evidence,
};
