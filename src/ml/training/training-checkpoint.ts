import { z } from 'zod';
import { ConfigurationError } from '../../errors.ts';
import type { TrainState, TrainStep } from '../engine/compile-train-step.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../engine/weights/checkpoint.ts';
import { decodeSafetensors, encodeSafetensors, type NamedArray } from '../engine/weights/safetensors.ts';

/** One validation of a run. */
export interface CurvePoint {
  readonly step: number;
  /** Mean over the steps since the last point. */
  readonly trainingLoss: number;
  readonly validationLoss: number;
}

/** Everything that a run continues from. */
export interface TrainingProgress {
  readonly state: TrainState;
  /** Weights of the best validation so far, by parameter. */
  readonly best: Readonly<Record<string, Float32Array>>;
  readonly bestStep: number;
  readonly curve: readonly CurvePoint[];
  /** Sum and number of the losses since the last point. */
  readonly pending: { readonly sum: number; readonly count: number };
}

const point = z.object({ step: z.int().nonnegative(), trainingLoss: z.number(), validationLoss: z.number() });
const STORY = z.object({
  plan: z.string(),
  bestStep: z.int().nonnegative(),
  curve: z.array(point),
  pending: z.object({ sum: z.number(), count: z.int().nonnegative() }),
});
const BEST = 'best/';

/** @param plan what the run does; a checkpoint is continued by the same plan alone. */
export function encodeProgress(
  step: Pick<TrainStep, 'stateSpecs'>,
  progress: TrainingProgress,
  plan: string,
): Uint8Array {
  const { state, best, bestStep, curve, pending } = progress;
  const stored = decodeSafetensors(encodeCheckpoint(step, state));
  const arrays = new Map<string, NamedArray>(stored.arrays);
  for (const [name, data] of Object.entries(best)) {
    arrays.set(`${BEST}${name}`, { dtype: 'float32', shape: step.stateSpecs[`parameters/${name}`]!.shape, data });
  }
  const story = JSON.stringify({ plan, bestStep, curve, pending });
  return encodeSafetensors(arrays, new Map([...stored.metadata, ['story', story]]));
}

/** @throws {ConfigurationError} when the file is not usable, or is of another plan or network. */
export function decodeProgress(step: Pick<TrainStep, 'stateSpecs'>, bytes: Uint8Array, plan: string): TrainingProgress {
  const { arrays, metadata } = decodeSafetensors(bytes);
  const story = STORY.safeParse(jsonOf(metadata.get('story')));
  if (!story.success)
    throw new ConfigurationError('the checkpoint is not usable', ['it holds no progress of a training']);
  if (story.data.plan !== plan) {
    throw new ConfigurationError('the checkpoint does not fit this training', [
      'it was made with other settings; train into another folder or with the same settings',
    ]);
  }
  const states = new Map([...arrays].filter(([name]) => !name.startsWith(BEST)));
  const state = decodeCheckpoint(step, encodeSafetensors(states, metadata));
  const best = Object.fromEntries(
    [...arrays].flatMap(([name, { data }]) =>
      name.startsWith(BEST) ? [[name.slice(BEST.length), data as Float32Array]] : [],
    ),
  );
  const { bestStep, curve, pending } = story.data;
  return { state, best, bestStep, curve, pending };
}

function jsonOf(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
