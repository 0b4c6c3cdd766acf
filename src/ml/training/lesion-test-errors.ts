import { binOf, type LesionModel } from '../forecasting/image/lesion-model.ts';
import type { LesionObserver } from '../forecasting/image/lesion-observer.ts';
import { openLesionPredictor, volumeRatio } from '../forecasting/image/lesion-predictor.ts';
import { predictLocked } from '../forecasting/image/volume-lock.ts';
import { meanSquaredError } from '../metrics/mean-squared-error.ts';
import type { LesionRecord } from './lesion-records.ts';
import { answerOf, drawTasks, questionOf } from './lesion-samples.ts';
import { HORIZONS_DAYS } from './train-lesion-network.ts';

const TASKS = 2;

/** Root mean squared errors on test patients, of the range of the last image, by horizon, beside the last image's own. */
export async function testErrors(
  { network, weights, volumes, variables, bins }: Omit<LesionModel, 'version'>,
  records: readonly LesionRecord[],
  observer: LesionObserver,
): Promise<Record<string, number>> {
  const predictor = openLesionPredictor(network, weights);
  const metrics: Record<string, number> = {};
  for (const horizonDays of HORIZONS_DAYS) {
    const { shrinkage } = binOf(bins, horizonDays)!;
    const asked = records.flatMap((record) =>
      drawTasks(record, [horizonDays], TASKS, 'test').flatMap((task) => {
        const question = questionOf(task, volumes, variables, { frames: network.frames, shrinkage });
        return question === null ? [] : [{ task, question }];
      }),
    );
    const wanted = asked.map(({ task: { record, known }, question: { volume, history } }) => {
      const seenMl = record.images[known.at(-1)!]!.volumeMl;
      const over = { horizonDays, unitDays: network.unitDays, shrinkage };
      return history.at(-1)!.lesion.voxels * volumeRatio(volume, volume.medianMl, seenMl, over);
    });
    const answers = await predictLocked(
      predictor,
      observer,
      asked.map(({ question }) => question),
      wanted,
    );
    let [model, last] = [0, 0];
    asked.forEach(({ task, question }, row) => {
      const truth = answerOf(task);
      model += meanSquaredError(answers[row]!.image, truth) / asked.length;
      last += meanSquaredError(question.history.at(-1)!.image, truth) / asked.length;
    });
    metrics[`NRMSE after ${horizonDays} d`] = Math.sqrt(model);
    metrics[`NRMSE of the last image after ${horizonDays} d`] = Math.sqrt(last);
  }
  await predictor.dispose();
  return metrics;
}
