import type { IntensityRange } from '../intensity-range.ts';
import type { LesionObserver } from './lesion-observer.ts';
import type { LesionPrediction, LesionPredictor, LesionQuestion } from './lesion-predictor.ts';

const ROUNDS = 7;
/** Relative error of the volume at which the lock is content. */
const CONTENT = 0.004;
/** A drawn volume that the seen one follows less than this is let be. */
const LEAST_RESPONSE = 0.4;
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
  const searches = ratios.map(startSearch);
  let open = questions.map((_, row) => row).filter((row) => questions[row]!.horizonDays > 0);
  for (let round = 0; round < ROUNDS && open.length > 0; round++) {
    const answers = await predictor.predict(
      open.map((row) => questions[row]!),
      open.map((row) => searches[row]!.next),
      false,
    );
    const still: number[] = [];
    for (const [index, row] of open.entries()) {
      const { voxels } = await observer.observe(answers[index]!.image, UNIT_RANGE);
      if (!learn(searches[row]!, voxels, wanted[row]!)) still.push(row);
    }
    open = still;
  }
  const predictions = await predictor.predict(
    questions,
    searches.map(({ best }) => best.ratio),
  );
  return predictions.map((prediction, row) =>
    Object.assign(prediction, { voxels: questions[row]!.horizonDays > 0 ? searches[row]!.best.voxels : seen[row]! }),
  );
}

/** The search for the ratio at which the wanted volume is seen. */
interface Search {
  next: number;
  best: { readonly ratio: number; readonly error: number; readonly voxels: number };
  /** Closest ratios at which too little and too much was seen, as logarithms. */
  below: { readonly ratio: number; readonly excess: number } | null;
  above: { readonly ratio: number; readonly excess: number } | null;
}

const startSearch = (ratio: number): Search => ({
  next: ratio,
  best: { ratio, error: Infinity, voxels: 0 },
  below: null,
  above: null,
});

/**
 * Takes in what was seen at the ratio that was tried and chooses the next one: in proportion while all were too small
 * or too large, then by interpolation of the logarithms, since what is seen does not grow in proportion.
 * @returns whether the search is over.
 */
function learn(search: Search, voxels: number, wanted: number): boolean {
  const error = Math.abs(voxels / wanted - 1);
  if (error < search.best.error) search.best = { ratio: search.next, error, voxels };
  // A lesion that the segmenter does not see any more cannot be locked.
  if (error <= CONTENT || voxels === 0) return true;
  const tried = { ratio: Math.log(search.next), excess: Math.log(voxels / wanted) };
  const before = search.below ?? search.above;
  if (tried.excess < 0) search.below = tried;
  else search.above = tried;
  const { below, above } = search;
  if (below === null || above === null) {
    // A lesion that leaves the window is not seen to grow, however large it is drawn.
    const response = before === null ? 1 : (tried.excess - before.excess) / (tried.ratio - before.ratio);
    if (response < LEAST_RESPONSE) return true;
    search.next *= Math.min(2, Math.max(0.5, wanted / voxels));
    return false;
  }
  const share = below.excess / (below.excess - above.excess);
  search.next = Math.exp(below.ratio + Math.min(0.9, Math.max(0.1, share)) * (above.ratio - below.ratio));
  return false;
}
