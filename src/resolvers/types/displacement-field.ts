import type { DisplacementFieldResolvers } from '../schema-types.ts';

export const DisplacementField: DisplacementFieldResolvers = {
  niftiPath: ({ sha256 }) => `/images/${sha256}.nii.gz?kind=displacement`,
  shape: ({ geometry }) => geometry.shape,
  spacingMm: ({ geometry }) => geometry.spacingMm,
};
