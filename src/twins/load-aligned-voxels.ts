import type { BlobStore } from './ports.ts';
import type { Visit } from './visit.ts';
import { alignedImage } from './usable-image.ts';
import { voxelsOfBytes } from './volume.ts';

/**
 * The aligned images of visits, [D,H,W] each, by visit index; visits that were not aligned are absent.
 * @throws {FaultError} when a blob is missing or damaged.
 */
export async function loadAlignedVoxels(
  blobs: BlobStore,
  visits: readonly Visit[],
): Promise<ReadonlyMap<number, Float32Array>> {
  const loaded = new Map<number, Float32Array>();
  for (const visit of visits) {
    const image = alignedImage(visit);
    if (image !== null) {
      loaded.set(visit.index, voxelsOfBytes(await blobs.get(image.voxelsSha256), image.geometry.shape));
    }
  }
  return loaded;
}
