import type { IntensityRange } from '../intensity-range.ts';
import type { LesionObserver } from './lesion-observer.ts';
import type { LesionPrediction, LesionPredictor, LesionQuestion } from './lesion-predictor.ts';

const ROUNDS = 9;
/** Relative error of the volume at which the lock is content. */
const CONTENT = 0.004;
/** A drawn volume that the seen one follows less than this is let be. */
const LEAST_RESPONSE = 0.4;
/** Ratios as close as this, as logarithms, show the same: what is seen jumps between them. */
const LEAST_STEP = 1e-3;
/** What image and value may differ by. */
const LARGEST_DISAGREEMENT = 0.02;
/** In voxels: a lesion with a radius of three pixels in slices of the cohort's thickness. Smaller ones are drawn as well as they can be seen. */
const SMALLEST_LOCKED = 32;
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
  const searches = questions.map(({ history }, row) => startSearch(wanted[row]! / history.at(-1)!.lesion.voxels));
  let open = questions.map((_, row) => row);
  for (let round = 0; round < ROUNDS && open.length > 0; round++) {
    const answers = await predictor.predict(
      open.map((row) => questions[row]!),
      open.map((row) => searches[row]!.next),
    );
    const still: number[] = [];
    for (const [index, row] of open.entries()) {
      const { history, horizonDays } = questions[row]!;
      const answer = answers[index]!;
      if (horizonDays === 0) {
        searches[row]!.best = { ...answer, voxels: history.at(-1)!.lesion.voxels };
        continue;
      }
      const { voxels } = await observer.observe(answer.image, UNIT_RANGE, history.at(-1)!.lesion);
      if (!learn(searches[row]!, { ...answer, voxels }, wanted[row]!)) still.push(row);
    }
    open = still;
  }
  return searches.map(({ best }, row) => predictor.widened(questions[row]!, best!));
}

/**
 * Whether the predicted image shows the volume that is forecast: not where the lesion would reach beyond the window or the
 * slices. Lesions too small for a volume to be seen within 2 % always count as shown.
 * @param wanted volume in voxels.
 */
export const isShown = ({ voxels }: Pick<LockedPrediction, 'voxels'>, wanted: number): boolean =>
  wanted <= SMALLEST_LOCKED || Math.abs(voxels / wanted - 1) <= LARGEST_DISAGREEMENT;

/** The search for the ratio at which the wanted volume is seen. */
interface Search {
  next: number;
  best: LockedPrediction | null;
  /** Closest ratios at which too little and too much was seen, as logarithms; nothing seen is infinitely too little. */
  below: { readonly ratio: number; readonly excess: number } | null;
  above: { readonly ratio: number; readonly excess: number } | null;
}

const startSearch = (ratio: number): Search => ({ next: ratio, best: null, below: null, above: null });

/**
 * Takes in what was seen at the ratio that was tried and chooses the next one: in proportion while all were too small
 * or too large, then by interpolation of the logarithms, since what is seen does not grow in proportion.
 * @returns whether the search is over.
 */
function learn(search: Search, answer: LockedPrediction, wanted: number): boolean {
  const { voxels } = answer;
  const errorOf = (seen: number): number => Math.abs(seen / wanted - 1);
  if (search.best === null || errorOf(voxels) < errorOf(search.best.voxels)) search.best = answer;
  if (errorOf(voxels) <= CONTENT) return true;
  const tried = { ratio: Math.log(search.next), excess: Math.log(voxels / wanted) };
  const before = search.below ?? search.above;
  if (tried.excess < 0) search.below = tried;
  else search.above = tried;
  const { below, above } = search;
  if (below === null || above === null) {
    if (voxels === 0) {
      // What shrank so far that the segmenter overlooks it is drawn larger, up to what was seen in the last image.
      if (search.next >= 1) return true;
      search.next = Math.min(1, 2 * search.next);
      return false;
    }
    // A lesion that leaves the window is not seen to grow, however large it is drawn.
    const response = before === null ? 1 : (tried.excess - before.excess) / (tried.ratio - before.ratio);
    if (response < LEAST_RESPONSE) return true;
    search.next *= Math.min(2, Math.max(0.5, wanted / voxels));
    return false;
  }
  if (Math.abs(above.ratio - below.ratio) < LEAST_STEP) return true;
  const share = below.excess === -Infinity ? 0.5 : below.excess / (below.excess - above.excess);
  search.next = Math.exp(below.ratio + Math.min(0.9, Math.max(0.1, share)) * (above.ratio - below.ratio));
  return false;
}
