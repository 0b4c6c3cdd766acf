import type { ForecastInput, ForecastVisit, SkillStatement } from '../../../twins/forecast.ts';
import type { ForecastLesion } from '../../../twins/lesion-volume.ts';
import type { VolumeShape } from '../../../twins/volume.ts';
import type { SessionOptions } from '../../engine/session.ts';
import { gainOf, type IntensityRange, intensityRangeOf } from '../intensity-range.ts';
import { type FittedImages, fitImages } from './fitted-images.ts';
import { binOf, type HorizonBin, type LesionModel, type Standardisation } from './lesion-model.ts';
import { type LesionObserver, openLesionObserver } from './lesion-observer.ts';
import {
  type LesionPredictor,
  type LesionQuestion,
  openLesionPredictor,
  SPREAD_POINTS,
  volumeRatio,
} from './lesion-predictor.ts';
import { forecastLesionVolume, LESION_VOLUME, volumeIntervals } from './lesion-volume.ts';
import { cropped, paste, regionAround, type RegionOfInterest } from './region-of-interest.ts';
import type { KnownValue } from './sequence-inputs.ts';
import { isShown, type LockedPrediction, predictLocked } from './volume-lock.ts';

/** An image forecast, or why there is none. */
export type LesionAnswer =
  | {
      readonly voxels: Float32Array;
      /** Half the width of each voxel's 90 % interval. */
      readonly uncertainty: Float32Array;
      readonly skill: SkillStatement;
      readonly lesion: ForecastLesion;
      /** What was done to the images, each in one sentence. */
      readonly caveats: readonly string[];
    }
  | { readonly declineReason: string; readonly skill: SkillStatement | null };

/** A lesion model with its sessions. */
export interface OpenedLesionModel {
  readonly model: LesionModel;
  readonly whole: LesionObserver;
  readonly window: LesionObserver;
  readonly predictor: LesionPredictor;
}

/** What of an input must be told to forecast its image; plain numbers, for a thread. */
export type LesionInput = Pick<
  ForecastInput,
  'visits' | 'shape' | 'spacingMm' | 'horizonDays' | 'course' | 'plannedExposures'
>;

/** Visits of a history that are looked at, the newest. */
const MOST_VISITS = 16;
const COVERAGE = 0.9;

/** @throws {RangeError} for a shape that the segmenter cannot take. */
export async function openLesionModel(model: LesionModel, session: SessionOptions = {}): Promise<OpenedLesionModel> {
  const { channels, height, width } = model.network;
  return {
    model,
    whole: await openLesionObserver(model.weights, model.imageShape, session),
    window: await openLesionObserver(model.weights, [channels, height, width], session),
    predictor: openLesionPredictor(model.network, model.weights, session),
  };
}

/**
 * Forecasts the images of several patients at once: the lesion goes to the volume that the personal layer forecasts from the
 * volumes seen so far and the treatment planned, the network adds what it learned of texture, and the change is shrunk to the
 * skill that validation patients showed at this horizon. Outside of the window around the lesion the answer is the last image.
 */
export async function forecastLesions(
  opened: OpenedLesionModel,
  inputs: readonly LesionInput[],
): Promise<LesionAnswer[]> {
  const prepared = [];
  for (const input of inputs) prepared.push(await prepare(opened, input));
  const asked = prepared.filter((one): one is Prepared => 'question' in one);
  const predictions = await predictLocked(
    opened.predictor,
    opened.window,
    asked.map(({ question }) => question),
    asked.map(({ wanted }) => wanted),
  );
  return prepared.map((one) => {
    if (!('question' in one)) return one;
    const prediction = predictions[asked.indexOf(one)]!;
    if (isShown(prediction, one.wanted)) return one.restore(answerOf(opened.model, one, prediction));
    const [drawnMl, wantedMl] = [prediction.voxels, one.wanted].map((voxels) =>
      (voxels * opened.model.voxelMl).toFixed(1),
    );
    return {
      declineReason: `The lesion would reach beyond what the image model can draw: ${drawnMl} of ${wantedMl} mL.`,
      skill: { ...skillOf(one.bin), shrinkage: 0 },
    };
  });
}

interface Prepared extends Pick<FittedImages, 'restore'> {
  readonly question: LesionQuestion;
  readonly wanted: number;
  readonly last: Float32Array;
  readonly range: IntensityRange;
  readonly region: RegionOfInterest;
  readonly bin: HorizonBin;
  readonly seenMl: number;
}
type Declined = Extract<LesionAnswer, { declineReason: string }>;
type Imaged = ForecastVisit & { readonly voxels: Float32Array };

async function prepare(opened: OpenedLesionModel, given: LesionInput): Promise<Prepared | Declined> {
  const decline = (declineReason: string, skill: SkillStatement | null = null): Declined => ({ declineReason, skill });
  const { model, whole, window } = opened;
  const { network, imageShape: shape, voxelMl } = model;
  const { horizonDays } = given;
  const bin = binOf(model.bins, horizonDays);
  if (bin === undefined || bin.lowerBound <= 0) {
    return decline(
      'At this horizon the image model was not clearly better than the last image on validation patients.',
      bin === undefined ? null : { ...skillOf(bin), shrinkage: 0 },
    );
  }
  const newest = given.visits.filter(({ voxels }) => voxels !== null).slice(-MOST_VISITS);
  const fitted = await fitImages(opened, { ...given, visits: newest });
  if ('reason' in fitted) return decline(fitted.reason);
  const { input, restore } = fitted;
  const imaged = input.visits.filter((visit): visit is Imaged => visit.voxels !== null);
  const last = imaged.at(-1)!;
  const range = intensityRangeOf(last.voxels);
  if (range === null) return decline('The last image has no contrast to start from.');
  const { centre } = await whole.observe(last.voxels);
  if (centre === null) return decline('No lesion was found in the last image.');
  const region = regionAround(centre, shape, network);
  const seen = [];
  for (const { day, voxels, values } of imaged) {
    const own = cropped(voxels, shape, region);
    const lesion = await window.observe(own, intensityRangeOf(voxels));
    const scale = range.width * gainOf(voxels, last.voxels, range);
    seen.push({ day, lesion, values, image: own.map((voxel) => (voxel - range.low) / scale) });
  }
  const seenMl = seen.at(-1)!.lesion.voxels * voxelMl;
  const volume = forecastLesionVolume(
    model.volumes,
    seen.map(({ day, lesion }) => ({ day, volumeMl: lesion.voxels * voxelMl })),
    dosesOf(model, input),
    { horizonDays, points: SPREAD_POINTS, voxelMl },
  );
  if (volume === null) return decline('No lesion was found in the last image.');
  const question: LesionQuestion = {
    history: seen.slice(-network.frames).map(({ day, lesion, values, image }) => ({
      day,
      image,
      lesion,
      values: model.variables.map((variable) =>
        known(
          variable,
          variable.key === LESION_VOLUME ? Math.max(voxelMl, lesion.voxels * voxelMl) : values[variable.key],
        ),
      ),
    })),
    horizonDays,
    plan: model.treatments.map(({ key, amount }) => (input.plannedExposures[key] ?? 0) / amount),
    volume,
    shrinkage: bin.shrinkage,
  };
  const { unitDays } = network;
  const ratio = volumeRatio(volume, volume.medianMl, seenMl, { horizonDays, unitDays, shrinkage: bin.shrinkage });
  const wanted = ratio * seen.at(-1)!.lesion.voxels;
  return { question, wanted, last: last.voxels, range, region, bin, seenMl, restore };
}

const dosesOf = (
  { treatments }: LesionModel,
  { course }: LesionInput,
): Record<string, { fromDay: number; toDay: number; amount: number }[]> =>
  Object.fromEntries(
    treatments.map(({ key }) => [
      key,
      course.doses
        .filter(({ treatment }) => treatment === key)
        .map(({ fromDay, toDay, amount }) => ({ fromDay, toDay, amount })),
    ]),
  );

function known({ isLogarithm, centre, scale }: Standardisation, value: number | undefined): KnownValue | null {
  if (value === undefined || (isLogarithm && value <= 0)) return null;
  return { value: ((isLogarithm ? Math.log(value) : value) - centre) / scale, ageDays: 0 };
}

const skillOf = ({ skill, patients, intervals, shrinkage }: HorizonBin): SkillStatement => ({
  skill,
  patients,
  intervals,
  shrinkage,
});

function answerOf(
  model: LesionModel,
  prepared: Prepared,
  { image, scale, voxels: drawn }: LockedPrediction,
): Extract<LesionAnswer, { voxels: Float32Array }> {
  const { last, range, region, bin, question, seenMl, wanted } = prepared;
  const shape: VolumeShape = model.imageShape;
  const factor = bin.factors.find(({ coverage }) => coverage === COVERAGE)?.factor ?? 0;
  const voxels = last.slice();
  paste(
    voxels,
    shape,
    region,
    image.map((voxel) => range.low + voxel * range.width),
  );
  const half = scale.map((one) => factor * one * range.width);
  // Around the window as much is unknown as at its border.
  const uncertainty = new Float32Array(last.length).fill(borderMean(half, [shape[0], region.height, region.width]));
  paste(uncertainty, shape, region, half);
  return {
    voxels,
    uncertainty,
    skill: skillOf(bin),
    caveats: [],
    lesion: {
      seenMl,
      forecastMl: wanted * model.voxelMl,
      intervals: volumeIntervals(question.volume, wanted * model.voxelMl, bin.volumeFactors),
      drawnMl: drawn * model.voxelMl,
    },
  };
}

function borderMean(window: Float32Array, [depth, height, width]: VolumeShape): number {
  let [sum, count] = [0, 0];
  for (let slice = 0; slice < depth; slice++) {
    for (let row = 0; row < height; row++) {
      for (const column of row === 0 || row === height - 1
        ? Array.from({ length: width }, (_, x) => x)
        : [0, width - 1]) {
        sum += window[(slice * height + row) * width + column]!;
        count++;
      }
    }
  }
  return sum / count;
}
