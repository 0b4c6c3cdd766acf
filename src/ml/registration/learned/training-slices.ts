import type { Volume } from '../../../twins/volume.ts';
import { DomainError } from '../../../errors.ts';
import { windowOf, applyWindow } from '../intensity-window.ts';
import { resample } from '../sampling.ts';
import { identityMatrix } from '../transform.ts';
import type { VoxelMorphSettings } from './voxelmorph-network.ts';

/** Slices of a volume that are learned from, between its first and its last quarter. */
const SLICES = 6;
const PERCENTILES = [1, 99.5] as const;

/**
 * Images of a network's size from any images: each is scaled to 0..1 and to the size of the network; for pictures slices of
 * a volume are taken.
 * @throws {DomainError} INVALID_INPUT for a blank image, or one of two dimensions where three are learned.
 */
export function trainingSlices(volumes: readonly Volume[], { shape }: VoxelMorphSettings): Float32Array[] {
  return volumes.flatMap((volume, index) => {
    const [depth, height, width] = volume.shape;
    if (shape.length === 3 && depth === 1) {
      throw new DomainError('INVALID_INPUT', `Image ${index + 1} is a single slice; a volume is needed.`, {
        field: 'data',
      });
    }
    const window = windowOf(volume.voxels, PERCENTILES, false);
    if (window === null) {
      throw new DomainError('INVALID_INPUT', `Image ${index + 1} is blank.`, { field: 'data' });
    }
    const scaled = { ...volume, ...UNIT, voxels: applyWindow(volume.voxels, window) };
    const depths =
      shape.length === 3
        ? [0]
        : depth === 1
          ? [0]
          : Array.from({ length: SLICES }, (_, slice) => Math.round(depth * (0.25 + (0.5 * slice) / (SLICES - 1))));
    return depths.map((z) => {
      const to = shape.length === 3 ? shape : [1, ...shape];
      const spacing = [depth / to[0]!, height / to[1]!, width / to[2]!] as const;
      const spacingMm = [shape.length === 3 ? spacing[0] : 1, spacing[1], spacing[2]] as const;
      const grid = { shape: to as unknown as Volume['shape'], spacingMm, ...UNIT_PLACE, originMm: [0, 0, z] as const };
      return resample(scaled, grid, identityMatrix(), 'edge').voxels;
    });
  });
}

const UNIT_PLACE = { direction: [1, 0, 0, 0, 1, 0, 0, 0, 1] } as const;
const UNIT = { ...UNIT_PLACE, spacingMm: [1, 1, 1] as const, originMm: [0, 0, 0] as const };
