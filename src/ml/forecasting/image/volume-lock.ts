import type { IntensityRange } from '../intensity-range.ts';
import type { LesionObserver } from './lesion-observer.ts';
import type { LesionPrediction, LesionPredictor, LesionQuestion } from './lesion-predictor.ts';

const ROUNDS = 4;
/** Relative error of the volume at which the lock is content. */
const CONTENT = 0.004;
/** Windows are in the brightness of the origin, 0..1. */
const UNIT_RANGE: IntensityRange = { low: 0, width: 1 };

/** A prediction with the volume that is seen in it, in voxels. */
export interface LockedPrediction extends LesionPrediction {
  readonly voxels: number;
}

/**
 * Predicts questions so that image and value agree: the volume that the segmenter sees in the predicted image is brought
 * to the one that is forecast, by drawing the lesion a little larger or smaller and predicting again. The drawing that
 * came closest is kept.
 * @param wanted volumes in voxels, by question.
 */
export async function predictLocked(
  predictor: LesionPredictor,
  observer: LesionObserver,
  questions: readonly LesionQuestion[],
  wanted: readonly number[],
): Promise<LockedPrediction[]> {
  const seen = questions.map(({ history }) => history.at(-1)!.lesion.voxels);
  const ratios = wanted.map((voxels, row) => voxels / seen[row]!);
  const best = questions.map((_, row) => ({ ratio: ratios[row]!, error: Infinity, voxels: 0 }));
  let open = questions.map((_, row) => row).filter((row) => questions[row]!.horizonDays > 0);
  for (let round = 0; round < ROUNDS && open.length > 0; round++) {
    const answers = await predictor.predict(
      open.map((row) => questions[row]!),
      open.map((row) => ratios[row]!),
      false,
    );
    const still: number[] = [];
    for (const [index, row] of open.entries()) {
      const { voxels } = await observer.observe(answers[index]!.image, UNIT_RANGE);
      const error = Math.abs(voxels / wanted[row]! - 1);
      if (error < best[row]!.error) best[row] = { ratio: ratios[row]!, error, voxels };
      // A lesion that the segmenter does not see any more cannot be locked.
      if (error <= CONTENT || voxels === 0) continue;
      ratios[row] = ratios[row]! * Math.min(2, Math.max(0.5, wanted[row]! / voxels));
      still.push(row);
    }
    open = still;
  }
  const predictions = await predictor.predict(
    questions,
    best.map(({ ratio }) => ratio),
  );
  return predictions.map((prediction, row) =>
    Object.assign(prediction, { voxels: questions[row]!.horizonDays > 0 ? best[row]!.voxels : seen[row]! }),
  );
}
