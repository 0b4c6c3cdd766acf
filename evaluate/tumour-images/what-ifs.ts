import { courseUnder, imageOf } from '../../src/ml/cohorts/tumour/image-cohort.ts';
import type { DailyDoses } from '../../src/ml/cohorts/tumour/tumour-dynamics.ts';
import { TUMOUR_IMAGE_SHAPE } from '../../src/ml/cohorts/tumour/render-tumour-visit.ts';
import { cropped } from '../../src/ml/forecasting/image/region-of-interest.ts';
import { isShown, predictLocked } from '../../src/ml/forecasting/image/volume-lock.ts';
import { meanSquaredError } from '../../src/ml/metrics/mean-squared-error.ts';
import { outlined } from '../../src/ml/training/lesion-records.ts';
import { questionOf } from '../../src/ml/training/lesion-samples.ts';
import { type Answered, type Opened, wantedVoxels } from './judge-forecasts.ts';

/** One question asked again under other doses, with what the simulator says would have come. */
export interface WhatIf {
  readonly patient: string;
  readonly plan: string;
  /** Mean squared errors against the counterfactual image. */
  readonly model: number;
  readonly last: number;
  /** Of the forecast under the doses that were given: what a model blind to treatment would say. */
  readonly blind: number;
  /** Squared error of the predicted effect image, and the mean square of the true one. */
  readonly effectError: number;
  readonly effect: number;
}

const weekly = (days: number, chemoUnits: number, radioGy: number): DailyDoses[] =>
  Array.from({ length: days }, (_, day) => ({
    chemoUnits: day % 7 === 1 ? chemoUnits : 0,
    radioGy: day % 7 === 1 || day % 7 === 4 ? radioGy : 0,
  }));

const PLANS: Readonly<Record<string, readonly [chemoUnits: number, radioGy: number]>> = {
  'no treatment': [0, 0],
  'half doses': [2.5, 1],
  'full doses': [5, 2],
  'drug alone': [5, 0],
};

/** Every plan for every answered question, against the same patient, noise and scanner under that plan. */
export async function askWhatIfs(answered: readonly Answered[], opened: Opened, isNoisy: boolean): Promise<WhatIf[]> {
  const { model, predictor, observer } = opened;
  const results: WhatIf[] = [];
  for (const { task, question, prediction, truth } of answered) {
    const { record, known, target, horizonDays } = task;
    const origin = record.images[known.at(-1)!]!;
    for (const [plan, [chemoUnits, radioGy]] of Object.entries(PLANS)) {
      const doses = weekly(horizonDays, chemoUnits, radioGy);
      const course = courseUnder(record.patient.course, origin.day, doses);
      if (course.days.length <= origin.day + horizonDays) continue;
      const voxels = imageOf(course, origin.day + horizonDays, isNoisy);
      const other = { ...record.images[target]!, window: cropped(voxels, TUMOUR_IMAGE_SHAPE, record.region) };
      const counterfactual = outlined(other, origin, record.shape).image;
      const { frames, unitDays } = model.network;
      const asked = questionOf(task, model.volumes, model.variables, { frames, doses, shrinkage: question.shrinkage })!;
      const wanted = wantedVoxels({ task, question: asked }, unitDays);
      const [answer] = await predictLocked(predictor, observer, [asked], [wanted]);
      const effect = counterfactual.map((voxel, index) => voxel - truth[index]!);
      results.push({
        patient: record.patient.key,
        plan,
        model: meanSquaredError(answer!.image, counterfactual),
        last: meanSquaredError(question.history.at(-1)!.image, counterfactual),
        blind: meanSquaredError(prediction.image, counterfactual),
        effectError: meanSquaredError(
          answer!.image.map((voxel, index) => voxel - prediction.image[index]!),
          effect,
        ),
        effect: meanSquaredError(effect, new Float32Array(effect.length)),
      });
    }
  }
  return results;
}

/** Of pairs of neighbouring doses: how many there were, and for how many the higher dose gives the smaller lesion. */
export interface DoseResponses {
  readonly pairs: number;
  /** In the values that the images are drawn for. */
  readonly valuesRight: number;
  /** Pairs in which either dose leaves too little to be seen: no voxel in either image, and less than `LEAST_SEEN` forecast. */
  readonly invisible: number;
  /** In the predicted images, of all other pairs. */
  readonly right: number;
}

/** In voxels: a smaller lesion is forecast, but shown by no voxel. */
const LEAST_SEEN = 3;

const CHEMO_GRID = [0, 2.5, 5, 7.5, 10];
const RADIO_GRID = [0, 1, 2, 3, 4];

/**
 * Pairs of neighbouring doses for which the predicted image shows the smaller lesion at the higher dose, as the truth does. Pairs with an
 * image that the model declines to show are not counted; those whose values alone are in the right order are.
 */
export async function doseResponses(
  answered: readonly Answered[],
  { model, predictor, observer }: Opened,
): Promise<DoseResponses> {
  let [right, pairs, valuesRight, invisible] = [0, 0, 0, 0];
  const { frames, unitDays } = model.network;
  for (const { task, question } of answered) {
    const curves = [CHEMO_GRID.map((dose) => [dose, 0] as const), RADIO_GRID.map((dose) => [0, dose] as const)];
    for (const curve of curves) {
      const asked = curve.map(([chemoUnits, radioGy]) =>
        questionOf(task, model.volumes, model.variables, {
          frames,
          doses: weekly(task.horizonDays, chemoUnits, radioGy),
          shrinkage: question.shrinkage,
        })!,
      );
      const wanted = asked.map((one) => wantedVoxels({ task, question: one }, unitDays));
      const answers = await predictLocked(predictor, observer, asked, wanted);
      for (let dose = 1; dose < curve.length; dose++) {
        if ([dose, dose - 1].some((one) => !isShown(answers[one]!, wanted[one]!))) continue;
        pairs++;
        if (wanted[dose]! < wanted[dose - 1]!) valuesRight++;
        const isEmpty = answers[dose]!.voxels === 0 && answers[dose - 1]!.voxels === 0;
        if (isEmpty && Math.max(wanted[dose]!, wanted[dose - 1]!) < LEAST_SEEN) invisible++;
        else if (answers[dose]!.voxels < answers[dose - 1]!.voxels) right++;
      }
    }
  }
  return { right, pairs, valuesRight, invisible };
}

/** Whether the same question gives the same bytes when it is asked as a what-if that changes nothing, alone instead of among others. */
export async function areNullsIdentical(
  answered: readonly Answered[],
  { model, predictor, observer }: Opened,
): Promise<boolean> {
  for (const { task, question, prediction } of answered) {
    const { frames, unitDays } = model.network;
    const origin = task.record.images[task.known.at(-1)!]!.day;
    const doses = task.record.patient.course.days.slice(origin, origin + task.horizonDays);
    const asked = questionOf(task, model.volumes, model.variables, { frames, doses, shrinkage: question.shrinkage })!;
    const [answer] = await predictLocked(
      predictor,
      observer,
      [asked],
      [wantedVoxels({ task, question: asked }, unitDays)],
    );
    const isSame = Buffer.from(answer!.image.buffer).equals(Buffer.from(prediction.image.buffer));
    if (!isSame) return false;
  }
  return true;
}
