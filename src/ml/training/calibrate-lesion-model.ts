import { randomStream } from '../cohorts/random-stream.ts';
import { VOXEL_ML } from '../cohorts/tumour/image-cohort.ts';
import type { HorizonBin, Standardisation } from '../forecasting/image/lesion-model.ts';
import type { LesionObserver } from '../forecasting/image/lesion-observer.ts';
import { type LesionPredictor, type LesionQuestion, volumeRatio } from '../forecasting/image/lesion-predictor.ts';
import { volumeScore } from '../forecasting/image/lesion-volume.ts';
import { predictLocked } from '../forecasting/image/volume-lock.ts';
import type { PopulationModel } from '../forecasting/personal/population-model.ts';
import { COVERAGES } from '../forecasting/validation-table.ts';
import { meanSquaredError } from '../metrics/mean-squared-error.ts';
import type { LesionRecord } from './lesion-records.ts';
import { answerOf, drawTasks, type LesionTask, questionOf } from './lesion-samples.ts';
import { HORIZONS_DAYS } from './train-lesion-network.ts';

const SHRINKAGES = [1, 0.75, 0.5, 0.25] as const;
const TASKS_PER_BIN = 4;
const RESAMPLES = 500;
/** Every so many voxels count for the quantiles: neighbours say much the same. */
const STRIDE = 7;

interface Judged {
  readonly patient: string;
  readonly last: number;
  readonly model: number;
}

/**
 * What validation patients say about each range of horizons: the factor on the change with the least squared error, the skill with it,
 * and by how much the predicted scale, and the intervals of the volume, must be stretched to hold (split conformal: Lei et
 * al. 2018, with residuals normalised by the scale).
 */
export async function calibrateLesionModel(
  records: readonly LesionRecord[],
  predictor: LesionPredictor,
  observer: LesionObserver,
  {
    volumes,
    standards,
    frames,
    unitDays,
    seed,
  }: {
    readonly volumes: PopulationModel;
    readonly standards: readonly Standardisation[];
    readonly frames: number;
    readonly unitDays: number;
    readonly seed: number;
  },
): Promise<HorizonBin[]> {
  const bins: HorizonBin[] = [];
  for (const [index, days] of HORIZONS_DAYS.entries()) {
    const fromDays = index === 0 ? 0 : (HORIZONS_DAYS[index - 1]! + days) / 2;
    const untilDays = index === HORIZONS_DAYS.length - 1 ? 10_000 : (days + HORIZONS_DAYS[index + 1]!) / 2;
    const tasks = records.flatMap((record) => drawTasks(record, [days], TASKS_PER_BIN, `calibration ${seed}`));
    const asked = tasks.flatMap((task) => {
      const question = questionOf(task, volumes, standards, { frames });
      return question === null ? [] : [{ task, question }];
    });
    const range = { fromDays: index === 0 ? 0 : fromDays, untilDays };
    bins.push({ ...range, ...(await judge(asked, predictor, observer, unitDays)) });
  }
  return bins;
}

type Asked = readonly { readonly task: LesionTask; readonly question: LesionQuestion }[];

async function judge(
  asked: Asked,
  predictor: LesionPredictor,
  observer: LesionObserver,
  unitDays: number,
): Promise<Omit<HorizonBin, 'fromDays' | 'untilDays'>> {
  const asksWith = (shrinkage: number): { questions: LesionQuestion[]; ratios: number[] } => ({
    questions: asked.map(({ question }) => ({ ...question, shrinkage })),
    ratios: asked.map(({ task: { record, known, horizonDays }, question: { volume } }) => {
      const seenMl = record.images[known.at(-1)!]!.volumeMl;
      return volumeRatio(volume, volume.medianMl, seenMl, { horizonDays, unitDays, shrinkage });
    }),
  });
  const truths = asked.map(({ task }) => answerOf(task));
  let shrinkage = 0;
  let least = Infinity;
  for (const factor of SHRINKAGES) {
    const { questions, ratios } = asksWith(factor);
    const answers = await predictor.predict(questions, ratios);
    const error = answers.reduce((sum, { image }, row) => sum + meanSquaredError(image, truths[row]!), 0);
    if (error < least) [shrinkage, least] = [factor, error];
  }
  // Intervals are for what is answered: images whose lesion is locked to its value.
  const { questions, ratios } = asksWith(shrinkage);
  const wanted = questions.map(({ history }, row) => ratios[row]! * history.at(-1)!.lesion.voxels);
  const residuals: number[] = [];
  const judged = (await predictLocked(predictor, observer, questions, wanted)).map(({ image, scale }, row): Judged => {
    const truth = truths[row]!;
    for (let voxel = row % STRIDE; voxel < truth.length; voxel += STRIDE) {
      residuals.push(Math.abs(truth[voxel]! - image[voxel]!) / Math.max(1e-6, scale[voxel]!));
    }
    const { task, question } = asked[row]!;
    return {
      patient: task.record.patient.key,
      last: meanSquaredError(question.history.at(-1)!.image, truth),
      model: meanSquaredError(image, truth),
    };
  });
  const patients = [...Map.groupBy(judged, ({ patient }) => patient).values()];
  const ofVolumes = (coverage: number): number[] =>
    asked.map(({ task: { record, known, target }, question: { volume } }, row) => {
      const forecastMl = ratios[row]! * record.images[known.at(-1)!]!.volumeMl;
      return volumeScore(volume, coverage, { forecastMl, seenMl: record.images[target]!.volumeMl, voxelMl: VOXEL_ML });
    });
  const pixels = Float32Array.from(residuals).sort();
  return {
    patients: patients.length,
    intervals: judged.length,
    skill: skillOf(judged),
    lowerBound: lowerBoundOf(patients),
    shrinkage,
    factors: COVERAGES.map((coverage) => ({ coverage, factor: quantileOf(pixels, coverage, pixels.length) })),
    volumeFactors: COVERAGES.map((coverage) => ({
      coverage,
      factor: quantileOf(Float64Array.from(ofVolumes(coverage)).sort(), coverage, patients.length),
    })),
  };
}

/** The score that a new one stays below with this probability, of as many that are independent; the largest where too few are. */
const quantileOf = (sorted: Float32Array | Float64Array, coverage: number, independent: number): number =>
  sorted[Math.min(sorted.length, Math.ceil(coverage * (1 + 1 / independent) * sorted.length)) - 1] ?? 0;

function skillOf(judged: readonly Judged[]): number {
  let [last, model] = [0, 0];
  for (const one of judged) {
    last += one.last;
    model += one.model;
  }
  return last > 0 ? 1 - model / last : 0;
}

/** Nine in ten resamples of patients show more skill. */
function lowerBoundOf(patients: readonly (readonly Judged[])[]): number {
  const random = randomStream('lesion skill');
  const skills = Float64Array.from({ length: RESAMPLES }, () =>
    skillOf(patients.flatMap(() => patients[random.index(patients.length)]!)),
  ).sort();
  return skills[Math.floor(0.1 * RESAMPLES)] ?? 0;
}
