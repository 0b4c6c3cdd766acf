import type { Visit } from './visit.ts';
import type { VolumeGeometry } from './volume.ts';

/** A visit's image in the twin's common space. */
export interface AlignedImage {
  /** Blob of the float32 little-endian voxels in the reference's grid. */
  readonly voxelsSha256: string;
  readonly geometry: VolumeGeometry;
}

/**
 * The image of a visit that may be used for an image forecast: the reference itself, or one whose registration was
 * accepted or flagged. Null where the visit is not aligned (yet); its values are kept.
 */
export function alignedImage(visit: Visit): AlignedImage | null {
  if (visit.isReference) {
    const { voxelsSha256, geometry } = visit.imageEntry.body;
    return { voxelsSha256, geometry };
  }
  const { registration } = visit;
  if (registration === null || registration.verdict === 'refused') return null;
  if (registration.movedSha256 === null || registration.geometry === null) return null;
  return { voxelsSha256: registration.movedSha256, geometry: registration.geometry };
}
