import type { ImageResolvers } from '../schema-types.ts';
import { upperCase } from './enum-names.ts';

export const Image: ImageResolvers = {
  kind: ({ kind }) => upperCase(kind),
  // The kind is part of the path: where "no change" is predicted, the same bytes are both acquired and predicted.
  pngPath: ({ sha256, kind }) => `/images/${sha256}.png?kind=${kind}`,
  niftiPath: ({ sha256, kind }) => `/images/${sha256}.nii.gz?kind=${kind}`,
  shape: ({ geometry }) => geometry.shape,
  spacingMm: ({ geometry }) => geometry.spacingMm,
  originMm: ({ geometry }) => geometry.originMm,
  direction: ({ geometry }) => geometry.direction,
  displayRange: async ({ sha256 }, _, { loaders }) => (await loaders.image.load(sha256))?.displayRange ?? null,
};
