import type { VolumeShape } from '../../../twins/volume.ts';
import { compile, type CompiledFunction } from '../../engine/compile.ts';
import type { SessionOptions } from '../../engine/session.ts';
import * as tf from '../../engine/tensorflow.ts';
import { imageNetwork, imageNetworkInputs, imageNetworkParameters } from './image-network.ts';
import { lesionAnchors, lesionSpread } from './lesion-anchors.ts';
import type { LesionOutline, OutlinedImage } from './lesion-outline.ts';
import type { LesionVolumeForecast } from './lesion-volume.ts';
import type { NetworkSettings } from './network-settings.ts';
import { channelsLast, slicesFirst } from './region-of-interest.ts';
import { type KnownValue, sequenceInputs, stacked } from './sequence-inputs.ts';

/** One question: where will this window be after the horizon? */
export interface LesionQuestion {
  /** Oldest first, the last one is the origin; windows [D,h,w] in the last one's brightness, about 0..1. */
  readonly history: readonly (OutlinedImage & {
    /** Relative to the origin, 0 or less. */
    readonly day: number;
    /** Standardised, in the order of the network's variables. */
    readonly values: readonly (KnownValue | null)[];
  })[];
  readonly horizonDays: number;
  /** Amounts planned up to the target, in ordinary ones. */
  readonly plan: readonly number[];
  readonly volume: LesionVolumeForecast;
  /** Factor 0..1 on the change. */
  readonly shrinkage: number;
}

export interface LesionPrediction {
  /** [D,h,w] in the brightness of the origin. */
  readonly image: Float32Array;
  /** Expected error by voxel: of the network, and, once widened, of the volume that is forecast. */
  readonly scale: Float32Array;
  /** Volume of the lesion that was drawn over that of the origin. */
  readonly ratio: number;
  /** Standardised changes of the values, by the EHR head. */
  readonly values: Float32Array;
}

/** Volumes that stand for the posterior where pixels are concerned. */
export const SPREAD_POINTS = 5;

/** Part 0..1 of a change that has had time to happen, as the image head counts it. */
const growthOf = (horizonDays: number, unitDays: number): number => 1 - Math.exp((-4 * horizonDays) / unitDays);

/**
 * Ratio of a volume that is forecast to the one seen in the last image, continuous to 1 at no horizon: the forecast change
 * of the level, and, as time goes on, the correction of what the last image shows to the patient's level.
 */
export function volumeRatio(
  { levelMl }: Pick<LesionVolumeForecast, 'levelMl'>,
  forecastMl: number,
  seenMl: number,
  {
    horizonDays,
    unitDays,
    shrinkage,
  }: { readonly horizonDays: number; readonly unitDays: number; readonly shrinkage: number },
): number {
  const change = Math.log(Math.max(forecastMl, 1e-6) / levelMl);
  const correction = growthOf(horizonDays, unitDays) * Math.log(levelMl / seenMl);
  return Math.exp(shrinkage * (change + correction));
}

/** Inputs of the network for one question, with its lesion drawn at `ratio` times the last volume. */
export function lesionInputs(
  settings: NetworkSettings,
  question: Pick<LesionQuestion, 'history' | 'horizonDays' | 'plan'>,
  ratio: number,
  shape: VolumeShape,
): { readonly inputs: Record<string, Float32Array>; readonly lesion: LesionOutline; readonly anchor: Float32Array } {
  const recent = question.history.slice(-settings.frames);
  const { anchor, mean, lesion } = lesionAnchors(recent, ratio, shape);
  const inputs = sequenceInputs(settings, {
    visits: recent.map(({ day, image, values }) => ({ day, image: channelsLast(image, shape), values })),
    intervalDays: question.horizonDays,
    plan: question.plan,
    anchor: channelsLast(anchor, shape),
    mean: channelsLast(mean, shape),
    guide: channelsLast(lesion.share, shape),
  });
  return { inputs, lesion, anchor };
}

export interface LesionPredictor {
  /**
   * Predicts a batch of questions with their lesions at given ratios. At no horizon the answer is the last image, exactly.
   * @param ratios by question.
   */
  predict(questions: readonly LesionQuestion[], ratios: readonly number[]): Promise<LesionPrediction[]>;
  /** The prediction with the spread of the volumes that are forecast in its scale; what it predicts stays. */
  widened<Prediction extends LesionPrediction>(question: LesionQuestion, prediction: Prediction): Prediction;
  dispose(): Promise<void>;
}

/** Questions that the network is run on at once: of more, what lies between its layers no longer stays in a core's cache. */
export const NETWORK_BATCH = 4;

/** Opens the network; sessions for batches of 1 and `batch` are made when first needed. */
export function openLesionPredictor(
  settings: NetworkSettings,
  weights: Readonly<Record<string, Float32Array>>,
  { batch = NETWORK_BATCH, ...session }: SessionOptions & { readonly batch?: number } = {},
): LesionPredictor {
  const shape: VolumeShape = [settings.channels, settings.height, settings.width];
  const parameters = imageNetworkParameters(settings);
  const sessions = new Map<number, Promise<CompiledFunction>>();
  const sessionOf = (size: number): Promise<CompiledFunction> => {
    const known = sessions.get(size);
    if (known !== undefined) return known;
    const specs = Object.fromEntries(
      Object.entries(parameters).map(([name, { shape: own }]) => [name, { shape: own }]),
    );
    const made = compile(
      (all) => {
        const { image, logScale, values } = imageNetwork(settings)(all, all);
        return { image, scale: tf.exp(logScale), values };
      },
      { ...imageNetworkInputs(settings, size), ...specs },
      { constants: Object.fromEntries(Object.keys(parameters).map((name) => [name, weights[name]!])), ...session },
    );
    sessions.set(size, made);
    return made;
  };
  const run = async (all: readonly Record<string, Float32Array>[]): Promise<Record<string, Float32Array>> => {
    const size = all.length === 1 ? 1 : batch;
    const padded = Array.from({ length: size }, (_, row) => all[Math.min(row, all.length - 1)]!);
    return (await sessionOf(size)).run(stacked(padded));
  };
  const answerOf = (
    { history, shrinkage, horizonDays }: LesionQuestion,
    ratio: number,
    anchor: Float32Array,
    found: { readonly image: Float32Array; readonly scale: Float32Array; readonly values: Float32Array },
  ): LesionPrediction => {
    const last = history.at(-1)!;
    if (horizonDays === 0)
      return { image: last.image, scale: new Float32Array(last.image.length), ratio: 1, values: found.values };
    const image = slicesFirst(found.image, shape);
    for (let voxel = 0; voxel < image.length; voxel++) {
      image[voxel] = anchor[voxel]! + shrinkage * (image[voxel]! - anchor[voxel]!);
    }
    return { image, scale: slicesFirst(found.scale, shape), ratio, values: found.values };
  };
  return {
    async predict(questions, ratios) {
      const answers: LesionPrediction[] = [];
      for (let first = 0; first < questions.length; first += batch) {
        const part = questions.slice(first, first + batch);
        const prepared = part.map((question, row) => lesionInputs(settings, question, ratios[first + row]!, shape));
        const found = await run(prepared.map(({ inputs }) => inputs));
        const rowOf = (name: string, row: number, size: number): Float32Array =>
          found[name]!.subarray(row * size, (row + 1) * size);
        const voxels = settings.height * settings.width * settings.channels;
        part.forEach((question, row) => {
          const own = {
            image: rowOf('image', row, voxels),
            scale: rowOf('scale', row, voxels),
            values: rowOf('values', row, settings.targets).slice(),
          };
          answers.push(answerOf(question, ratios[first + row]!, prepared[row]!.anchor, own));
        });
      }
      return answers;
    },
    widened({ history, volume, horizonDays }, prediction) {
      if (horizonDays === 0) return prediction;
      const spread = lesionSpread(
        history.slice(-settings.frames),
        volume.pointsMl.map((point) => (prediction.ratio * point) / volume.medianMl),
        shape,
      );
      return { ...prediction, scale: prediction.scale.map((one, voxel) => Math.hypot(one, spread[voxel]!)) };
    },
    async dispose() {
      for (const opened of sessions.values()) await (await opened).dispose();
    },
  };
}
