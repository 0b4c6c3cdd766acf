import { describe, expect, test } from 'vitest';
import {
  type AnswerBatch,
  createDeviceTrial,
  type DeviceVerdict,
} from '../../../../src/ml/forecasting/image/device-trial.ts';
import type { LesionAnswer, LesionInput } from '../../../../src/ml/forecasting/image/lesion-forecast.ts';

const INPUT: LesionInput = {
  visits: [],
  shape: [1, 2, 2],
  horizonDays: 14,
  course: { measurements: [], doses: [], statics: {} },
  plannedExposures: {},
};
const DECLINED: LesionAnswer = { declineReason: 'No lesion was found in the last image.', skill: null };
const SKILL = { skill: 0.4, patients: 12, intervals: 40, shrinkage: 1 };

/** An image whose brightest voxel is 100, and another one by so much. */
const answerOf = (by = 0): LesionAnswer => ({
  voxels: Float32Array.of(0, 50, 100 + by, 25),
  uncertainty: Float32Array.of(1, 1, 1, 1),
  skill: SKILL,
  lesion: { seenMl: 1, forecastMl: 1, drawnMl: 1, intervals: [] },
  caveats: [],
});

interface Setting {
  /** What the device answers in its first batches, and from then on. */
  readonly device: readonly (LesionAnswer | Error)[];
  readonly processor?: LesionAnswer;
  readonly deviceMs?: number;
  readonly isOnlyIfFaster?: boolean;
}

/** The processor takes 100 ms for each batch. */
function trial({ device, processor = answerOf(), deviceMs = 10, isOnlyIfFaster = true }: Setting) {
  let [ms, processorBatches, deviceBatches] = [0, 0, 0];
  const verdicts: DeviceVerdict[] = [];
  const answer: AnswerBatch = createDeviceTrial({
    processor: async () => {
      processorBatches += 1;
      ms += 100;
      return [processor];
    },
    device: async () => {
      const found = device[Math.min(deviceBatches, device.length - 1)]!;
      deviceBatches += 1;
      ms += deviceMs;
      if (found instanceof Error) throw found;
      return [found];
    },
    isOnlyIfFaster,
    onVerdict: (verdict) => verdicts.push(verdict),
    now: () => ms,
  });
  return {
    verdicts,
    /** Asks so often, and waits for what is compared meanwhile. */
    ask: async (times: number): Promise<LesionAnswer> => {
      let last: LesionAnswer = DECLINED;
      for (let time = 0; time < times; time += 1) {
        [last] = (await answer([INPUT])) as [LesionAnswer];
        await new Promise(setImmediate);
      }
      return last;
    },
    batches: () => [processorBatches, deviceBatches],
  };
}

describe('a graphics device on trial', () => {
  test('answers for nobody until it was right and fast in three batches, and for everybody afterwards', async () => {
    const { ask, batches, verdicts } = trial({ device: [answerOf(0.05)] });
    expect(await ask(3)).toEqual(answerOf());
    expect(batches()).toEqual([3, 3]);
    expect(verdicts).toEqual([{ isUsed: true, speed: 10 }]);
    expect(await ask(2)).toEqual(answerOf(0.05));
    expect(batches()).toEqual([3, 5]);
  });

  test.each([
    ['an image that differs', answerOf(0.2)],
    ['an image of no numbers', answerOf(NaN)],
    ['a refusal where the processor answers', DECLINED],
    ['fewer voxels', { ...answerOf(), voxels: Float32Array.of(0, 50) }],
  ])('is given up for %s, in whichever round', async (_, wrong) => {
    const { ask, batches, verdicts } = trial({ device: [answerOf(), answerOf(), wrong] });
    expect(await ask(5)).toEqual(answerOf());
    expect(verdicts).toEqual([{ isUsed: false, reason: 'it computes something else' }]);
    expect(batches()).toEqual([5, 3]);
  });

  test('is given up where it is slower, unless it was asked for', async () => {
    const slow = { device: [answerOf()], deviceMs: 125 };
    const byItself = trial(slow);
    await byItself.ask(4);
    expect(byItself.verdicts).toEqual([{ isUsed: false, reason: 'it is 0.80 times as fast as the processor' }]);
    const askedFor = trial({ ...slow, isOnlyIfFaster: false });
    await askedFor.ask(4);
    expect(askedFor.verdicts).toEqual([{ isUsed: true, speed: 0.8 }]);
  });

  test('learns nothing from batches that have no image', async () => {
    const { ask, batches, verdicts } = trial({ device: [DECLINED], processor: DECLINED });
    await ask(5);
    expect(batches()).toEqual([5, 0]);
    expect(verdicts).toEqual([]);
  });

  test('that fails is given up once, and nobody goes without an answer', async () => {
    const cause = new Error('device lost');
    const early = trial({ device: [cause] });
    expect(await early.ask(3)).toEqual(answerOf());
    expect(early.verdicts).toEqual([{ isUsed: false, reason: 'it failed', cause }]);
    expect(early.batches()).toEqual([3, 1]);

    const late = trial({ device: [answerOf(), answerOf(), answerOf(), cause] });
    expect(await late.ask(6)).toEqual(answerOf());
    expect(late.verdicts).toEqual([
      { isUsed: true, speed: 10 },
      { isUsed: false, reason: 'it failed', cause },
    ]);
    expect(late.batches()).toEqual([6, 4]);
  });

  test('says nothing where its process was closed', async () => {
    const closed = new DOMException('closed', 'AbortError');
    const { ask, verdicts } = trial({ device: [closed] });
    await ask(1);
    expect(verdicts).toEqual([]);
  });
});
