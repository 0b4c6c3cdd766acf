import type { SimilarityMeasures } from '../../twins/registration.ts';
import type { Volume } from '../../twins/volume.ts';
import { maskedSimilarityTo } from '../metrics/masked-similarity.ts';
import type { Level } from './cost.ts';
import { boxAround, cropped, croppedVoxels } from './crop.ts';
import { levelLike } from './pyramid.ts';
import { resample, type Resampled } from './sampling.ts';
import type { Matrix4 } from './transform.ts';

/** What lies around the foreground and still reaches into the windows that similarity is averaged over, in voxels. */
const MARGIN = 5;

export interface Assessment {
  /** Null where the images cannot be compared. */
  readonly measures: SimilarityMeasures | null;
  /** Share of the fixed image's foreground that the moving image covers, 0..1. */
  readonly coverage: number;
}

/** Measures how well an image lies on the fixed one. */
export interface Assessor {
  /** An image, given by its levels, under a transform (LPS mm); what its mask leaves out covers nothing. */
  readonly under: (movingLevels: readonly Level[], transform: Matrix4) => Assessment;
  /** An image on the grid of the finest level already, with what it covers: both one value per voxel. */
  readonly onGrid: (image: Resampled) => Assessment;
}

/** Compares with the finest level of the fixed image, in the box around its foreground (one byte per voxel). */
export function assessorOf(finest: Volume, everywhere: Uint8Array): Assessor {
  const box = boxAround(everywhere, finest.shape, MARGIN);
  const fixed = cropped(finest, box);
  const foreground = croppedVoxels(everywhere, finest.shape, box);
  let foregroundSize = 0;
  for (let i = 0; i < foreground.length; i++) {
    foregroundSize += foreground[i]!;
  }
  const similarity = maskedSimilarityTo(fixed.voxels, fixed.shape, fixed.spacingMm);
  const assess = ({ voxels, covered }: Resampled): Assessment => {
    let both = 0;
    for (let i = 0; i < covered.length; i++) {
      covered[i]! &= foreground[i]!;
      both += covered[i]!;
    }
    return { measures: similarity(voxels, covered), coverage: foregroundSize > 0 ? both / foregroundSize : 0 };
  };
  return {
    under: (movingLevels, transform) => {
      const level = levelLike(movingLevels, finest);
      const image = resample(level, fixed, transform, 'edge');
      if (level.mask !== undefined) {
        const left = resample({ ...level, voxels: Float32Array.from(level.mask) }, fixed, transform, 0).voxels;
        for (let i = 0; i < left.length; i++) {
          image.covered[i]! &= left[i]! >= 0.5 ? 1 : 0;
        }
      }
      return assess(image);
    },
    onGrid: ({ voxels, covered }) =>
      assess({
        voxels: croppedVoxels(voxels, finest.shape, box),
        covered: croppedVoxels(covered, finest.shape, box),
      }),
  };
}
