import type { AcquiredImageResolvers } from '../schema-types.ts';

export const AcquiredImage: AcquiredImageResolvers = {
  image: ({ voxelsSha256, geometry }) => ({ sha256: voxelsSha256, kind: 'acquired', geometry }),
};
