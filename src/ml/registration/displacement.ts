import type { VolumeGeometry } from '../../twins/volume.ts';
import type { LocalFrame } from './local-frame.ts';
import { compose, indexToWorld, transformPoint, type Matrix4 } from './transform.ts';

/**
 * A measure of how far apart two transforms of the local frame put any point of a grid, in its smallest voxel spacing. The
 * difference of two affine maps is largest at a corner.
 */
export function displacementOn(grid: VolumeGeometry, frame: LocalFrame): (a: Matrix4, b: Matrix4) => number {
  const toLocal = compose(frame.fromWorld, indexToWorld(grid));
  const [z, y, x] = grid.shape.map((length) => [0, length - 1]) as [number[], number[], number[]];
  const corners = z.flatMap((k) => y.flatMap((j) => x.map((i) => transformPoint(toLocal, i, j, k))));
  const spacing = Math.min(...grid.spacingMm);
  return (a, b) => {
    const distances = corners.map((corner) => {
      const [ax, ay, az] = transformPoint(a, ...corner);
      const [bx, by, bz] = transformPoint(b, ...corner);
      return Math.hypot(ax - bx, ay - by, az - bz);
    });
    return Math.max(...distances) / spacing;
  };
}
