import type { BlobStore } from './ports.ts';
import type { Visit } from './visit.ts';
import { alignedVoxelsSha256 } from './visit-usability.ts';
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
    const sha256 = alignedVoxelsSha256(visit);
    if (sha256 !== null) {
      const geometry = visit.registration?.geometry ?? visit.imageEntry.body.geometry;
      loaded.set(visit.index, voxelsOfBytes(await blobs.get(sha256), geometry.shape));
    }
  }
  return loaded;
}
