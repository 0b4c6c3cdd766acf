import type { DisplacementFieldResolvers } from '../schema-types.ts';

export const DisplacementField: DisplacementFieldResolvers = {
  niftiPath: ({ sha256 }) => `/fields/${sha256}.nii.gz`,
  shape: ({ geometry }) => geometry.shape,
  spacingMm: ({ geometry }) => geometry.spacingMm,
};
