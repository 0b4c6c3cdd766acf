import type { BlobStore, CataloguedImage } from './ports.ts';
import { bytesOfVoxels, displayRangeOf, geometryOf, type Volume } from './volume.ts';

/**
 * Stores a volume's voxels and describes them for the catalogue. The row must be added in the transaction that first
 * refers to it; until then the blob belongs to nobody and can be swept.
 */
export async function storeVolume(
  blobs: BlobStore,
  volume: Volume,
  kind: CataloguedImage['kind'],
): Promise<CataloguedImage> {
  const geometry = geometryOf(volume);
  const sha256 = await blobs.put(bytesOfVoxels(volume.voxels));
  return { sha256, kind, geometry, displayRange: displayRangeOf(volume.voxels) };
}

/** Whether no scanner made the picture, so that it must say so wherever it is shown. */
export const isMadeByModel = ({ kind }: Pick<CataloguedImage, 'kind'>): boolean =>
  kind !== 'acquired' && kind !== 'registered';
