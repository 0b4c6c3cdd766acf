import { intensityRangeOf } from '../intensity-range.ts';
import type { LesionAnswer, LesionInput } from './lesion-forecast.ts';

/** Answers a batch of questions in their order. */
export type AnswerBatch = (inputs: readonly LesionInput[]) => Promise<readonly LesionAnswer[]>;

/** What was found of a device: that it is used from now on, or that it is not, and why. */
export type DeviceVerdict =
  | {
      readonly isUsed: true;
      /** How many times as fast as the processor, in the best of the batches that both answered. */
      readonly speed: number;
    }
  | { readonly isUsed: false; readonly reason: string; readonly cause?: unknown };

interface DeviceTrialOptions {
  readonly processor: AnswerBatch;
  readonly device: AnswerBatch;
  /** A device that is not faster than the processor is not used. */
  readonly isOnlyIfFaster: boolean;
  /** Told when the device is taken, and when it is given up, each at most once. */
  readonly onVerdict: (verdict: DeviceVerdict) => void;
  /** Milliseconds. */
  readonly now?: () => number;
}

/** Batches that both answer before the device is believed. */
const ROUNDS = 3;
/** Part of the contrast of an image by which the two may differ. */
const TOLERANCE = 1e-3;

/**
 * Answers on a graphics device where that can be trusted. The first batches are answered on the processor, and afterwards, for nobody
 * but the comparison, on the device: one that differs, fails or, where asked, is not faster is never used. Later, a batch on
 * which the device fails is answered on the processor, and the device is given up.
 */
export function createDeviceTrial({
  processor,
  device,
  isOnlyIfFaster,
  onVerdict,
  now = () => performance.now(),
}: DeviceTrialOptions): AnswerBatch {
  let state: 'on trial' | 'used' | 'given up' = 'on trial';
  let isComparing = false;
  const speeds: number[] = [];

  const giveUp = (reason: string, cause?: unknown): void => {
    if (state === 'given up') return;
    state = 'given up';
    onVerdict({ isUsed: false, reason, ...(cause === undefined ? {} : { cause }) });
  };

  async function compare(inputs: readonly LesionInput[], expected: readonly LesionAnswer[], processorMs: number) {
    const started = now();
    const found = await device(inputs);
    speeds.push(processorMs / (now() - started));
    if (!expected.every((answer, row) => agree(answer, found[row]))) return giveUp('it computes something else');
    if (speeds.length < ROUNDS) return;
    // The first round opens the model on both.
    const speed = Math.max(...speeds.slice(1));
    if (isOnlyIfFaster && speed <= 1) return giveUp(`it is ${speed.toFixed(2)} times as fast as the processor`);
    state = 'used';
    onVerdict({ isUsed: true, speed });
  }

  return async (inputs) => {
    if (state === 'used') {
      try {
        return await device(inputs);
      } catch (cause) {
        if (isAbort(cause)) throw cause;
        const answers = await processor(inputs);
        giveUp('it failed', cause);
        return answers;
      }
    }
    const started = now();
    const answers = await processor(inputs);
    const isTelling = answers.some((answer) => 'voxels' in answer);
    if (state === 'on trial' && !isComparing && isTelling) {
      isComparing = true;
      compare(inputs, answers, now() - started)
        .catch((cause: unknown) => {
          if (!isAbort(cause)) giveUp('it failed', cause);
        })
        .finally(() => (isComparing = false));
    }
    return answers;
  };
}

/** Of a process that was closed with its server. */
const isAbort = (cause: unknown): boolean => cause instanceof Error && cause.name === 'AbortError';

function agree(expected: LesionAnswer, found: LesionAnswer | undefined): boolean {
  if (found === undefined) return false;
  if (!('voxels' in expected) || !('voxels' in found)) return !('voxels' in expected) && !('voxels' in found);
  const most = TOLERANCE * (intensityRangeOf(expected.voxels)?.width ?? 0);
  return isNear(expected.voxels, found.voxels, most) && isNear(expected.uncertainty, found.uncertainty, most);
}

/** False for anything that is not a number, too. */
const isNear = (expected: Float32Array, found: Float32Array, most: number): boolean =>
  found.length === expected.length && expected.every((one, at) => Math.abs(one - found[at]!) <= most);
