import type { Visit } from './visit.ts';

/** Whether a visit's image lies in the twin's common space: the reference itself, or aligned and not refused. */
export const isUsable = (visit: Visit): boolean =>
  visit.isReference || (visit.registration !== null && visit.registration.verdict !== 'refused');

/** The hash of a visit's voxels in the twin's common space; null where it was not aligned. */
export function alignedVoxelsSha256(visit: Visit): string | null {
  if (visit.isReference) {
    return visit.imageEntry.body.voxelsSha256;
  }
  return isUsable(visit) ? (visit.registration?.movedSha256 ?? null) : null;
}
