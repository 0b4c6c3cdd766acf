import type { SimilarityMeasures } from '../../twins/registration.ts';
import type { Volume } from '../../twins/volume.ts';
import { maskedSimilarityTo } from '../metrics/masked-similarity.ts';
import { boxAround, cropped, croppedVoxels } from './crop.ts';
import { foregroundOf } from './foreground.ts';
import { levelLike } from './pyramid.ts';
import { resample } from './sampling.ts';
import type { Matrix4 } from './transform.ts';

/** What lies around the foreground and still reaches into the windows that similarity is averaged over, in voxels. */
const MARGIN = 5;

export interface Assessment {
  /** Null where the images cannot be compared. */
  readonly measures: SimilarityMeasures | null;
  /** Share of the fixed image's foreground that the moving image covers, 0..1. */
  readonly coverage: number;
}

/** Measures how well a transform (LPS mm) lays an image, given by its levels, on the fixed one. */
export type Assessor = (movingLevels: readonly Volume[], transform: Matrix4) => Assessment;

/** Compares with the finest level of the fixed image, in the box around its foreground. */
export function assessorOf(finest: Volume): Assessor {
  const everywhere = foregroundOf(finest);
  const box = boxAround(everywhere, finest.shape, MARGIN);
  const fixed = cropped(finest, box);
  const foreground = croppedVoxels(everywhere, finest.shape, box);
  let foregroundSize = 0;
  for (let i = 0; i < foreground.length; i++) {
    foregroundSize += foreground[i]!;
  }
  const similarity = maskedSimilarityTo(fixed.voxels, fixed.shape, fixed.spacingMm);
  return (movingLevels, transform) => {
    const { voxels, covered } = resample(levelLike(movingLevels, finest), fixed, transform, 'edge');
    let both = 0;
    for (let i = 0; i < covered.length; i++) {
      covered[i]! &= foreground[i]!;
      both += covered[i]!;
    }
    return { measures: similarity(voxels, covered), coverage: foregroundSize > 0 ? both / foregroundSize : 0 };
  };
}
