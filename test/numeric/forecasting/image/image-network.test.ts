import { describe, expect, test } from 'vitest';
import { compile } from '../../../../src/ml/engine/compile.ts';
import { compileTrainStep } from '../../../../src/ml/engine/compile-train-step.ts';
import { adamW } from '../../../../src/ml/engine/optimisers.ts';
import {
  imageNetwork,
  imageNetworkInputs,
  imageNetworkParameters,
} from '../../../../src/ml/forecasting/image/image-network.ts';
import { startingValues } from '../../../../src/ml/forecasting/image/layers.ts';
import type { NetworkSettings } from '../../../../src/ml/forecasting/image/network-settings.ts';
import {
  type ImageSequence,
  sequenceInputs,
  type SequenceVisit,
} from '../../../../src/ml/forecasting/image/sequence-inputs.ts';
import { imageLoss, trainingInputs } from '../../../../src/ml/training/image-loss.ts';
import { randomArray, relativeDifference } from '../../../support/random-array.ts';

const SMALL: NetworkSettings = {
  encoder: 'conv-lstm',
  attention: 'factorised',
  fusion: 'st-film',
  head: 'residual-displacement',
  time: 'real',
  frames: 3,
  height: 16,
  width: 12,
  channels: 1,
  guides: 1,
  variables: 2,
  treatments: 2,
  targets: 2,
  stride: 2,
  hidden: 8,
  layers: 2,
  heads: 2,
  tubelet: 1,
  embedding: 6,
  features: 6,
  unitDays: 7,
};
const VIVIT = { ...SMALL, encoder: 'vivit', stride: 4, layers: 1 } as const;
const NETWORKS: readonly [string, NetworkSettings][] = [
  ['ConvLSTM, channels', { ...SMALL, fusion: 'channels' }],
  ['ConvLSTM, FiLM', { ...SMALL, fusion: 'film' }],
  ['ConvLSTM, ST-FiLM', SMALL],
  ['ConvLSTM without EHR', { ...SMALL, fusion: 'none' }],
  ['ConvLSTM of three slices', { ...SMALL, channels: 3, guides: 3 }],
  ['ConvLSTM of one image', { ...SMALL, frames: 1 }],
  ['factorised ViViT, tokens', { ...VIVIT, fusion: 'tokens' }],
  ['joint ViViT, tokens', { ...VIVIT, attention: 'joint', fusion: 'tokens' }],
  ['joint ViViT, ST-FiLM', { ...VIVIT, attention: 'joint' }],
  ['factorised ViViT, tubelets of three slices', { ...VIVIT, channels: 3, guides: 3, frames: 4, tubelet: 2 }],
];

/** Weights of a network that has learned something: none of them is at its start. */
const learned = (settings: NetworkSettings): Record<string, Float32Array> =>
  Object.fromEntries(
    Object.entries(startingValues(imageNetworkParameters(settings), 5)).map(([name, values], index) => {
      const shift = randomArray(values.length, index + 1, 0.1);
      return [name, values.map((value, at) => value + shift[at]!)];
    }),
  );

const visitsOf = (settings: NetworkSettings, days: readonly number[]): SequenceVisit[] =>
  days.map((day, index) => ({
    day,
    image: randomArray(settings.height * settings.width * settings.channels, 20 + index).map((x) => 0.5 + 0.4 * x),
    values: [{ value: 0.3 * index, ageDays: 2 }, index === 1 ? null : { value: -0.7, ageDays: 0 }],
  }));

async function answer(
  settings: NetworkSettings,
  sequence: ImageSequence,
  change: (inputs: Record<string, Float32Array>) => void = () => undefined,
): Promise<Record<string, Float32Array>> {
  const inputs = sequenceInputs(settings, sequence);
  change(inputs);
  const weights = learned(settings);
  const specs = Object.fromEntries(
    Object.entries(imageNetworkParameters(settings)).map(([name, { shape }]) => [name, { shape }]),
  );
  const compiled = await compile(
    (all) => ({ ...imageNetwork(settings)(all, all) }),
    { ...imageNetworkInputs(settings, 1), ...specs },
    { constants: weights },
  );
  const found = await compiled.run(inputs);
  await compiled.dispose();
  return found;
}

const question = (settings: NetworkSettings, intervalDays = 7, days = [-21, -8, 0]): ImageSequence => ({
  visits: visitsOf(settings, days),
  intervalDays,
  plan: [1, 0.5],
  guide: randomArray(settings.height * settings.width * settings.guides, 3).map(Math.abs),
});

describe.each(NETWORKS)('%s', (_, settings) => {
  const pixels = settings.height * settings.width * settings.channels;

  test('gives image, scale and values of their shapes, and changes something', async () => {
    const asked = question(settings);
    const { image, logScale, values } = await answer(settings, asked);
    expect(image).toHaveLength(pixels);
    expect(logScale).toHaveLength(pixels);
    expect(values).toHaveLength(settings.targets);
    expect(image!.every(Number.isFinite)).toBe(true);
    expect(relativeDifference(image!, asked.visits.at(-1)!.image)).toBeGreaterThan(1e-3);
  });

  test('is the last image and the last values, exactly, at no interval', async () => {
    const asked = question(settings, 0);
    const { image, values } = await answer(settings, asked);
    expect(Buffer.from(image!.buffer).equals(Buffer.from(asked.visits.at(-1)!.image.buffer))).toBe(true);
    expect([...values!].map(Math.abs)).toEqual([0, 0]);
  });

  test('takes a history of one image, and does not see what is masked', async () => {
    const asked = { ...question(settings), visits: visitsOf(settings, [0]) };
    const plain = await answer(settings, asked);
    const masked = await answer(settings, asked, (inputs) => {
      inputs['frames']!.fill(7, 0, inputs['frames']!.length - pixels);
      inputs['ehr']?.fill(9, 0, inputs['ehr'].length - 2 * 3);
    });
    expect(plain['image']!.every(Number.isFinite)).toBe(true);
    expect(relativeDifference(masked['image']!, plain['image']!)).toBeLessThan(1e-6);
    expect(relativeDifference(masked['values']!, plain['values']!)).toBeLessThan(1e-5);
  });

  test('gives finite gradients that reach every weight, and learns', async () => {
    const batch = 2;
    const parameters = imageNetworkParameters(settings);
    const step = await compileTrainStep(imageLoss(settings), adamW({ weightDecay: 0 }), {
      parameters: Object.fromEntries(Object.entries(parameters).map(([name, { shape }]) => [name, { shape }])),
      batch: trainingInputs(settings, batch),
      clipNorm: 1,
    });
    const one = sequenceInputs(settings, question(settings));
    const two = sequenceInputs(settings, { ...question(settings, 14, [-9, 0]), plan: [0, 1] });
    const specs = trainingInputs(settings, batch);
    const inputs = Object.fromEntries(
      Object.entries(specs).map(([name, { shape }]) => {
        const size = shape.reduce((product, extent) => product * extent, 1);
        if (one[name] !== undefined) return [name, Float32Array.from([...one[name], ...two[name]!])];
        if (name === 'target') return [name, randomArray(size, 77).map((x) => 0.5 + 0.4 * x)];
        return [name, new Float32Array(size).fill(1)];
      }),
    );
    const before = learned(settings);
    const state = step.start(before);
    const losses: number[] = [];
    for (let count = 0; count < 12; count++) {
      losses.push((await step.run(state, inputs, { learningRate: 3e-3 }))['loss']!);
    }
    await step.dispose();
    const names = Object.keys(parameters);
    expect(losses.every(Number.isFinite)).toBe(true);
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
    expect(names.filter((name) => !state.arrays[`parameters/${name}`]!.every(Number.isFinite))).toEqual([]);
    const still = names.filter((name) => relativeDifference(state.arrays[`parameters/${name}`]!, before[name]!) === 0);
    // The mean of one image is that image.
    expect(still).toEqual(settings.frames === 1 ? ['decode.denoise'] : []);
  });
});

describe('an image network', () => {
  test.each([
    ['ConvLSTM', SMALL],
    ['factorised ViViT', VIVIT],
    ['joint ViViT', { ...VIVIT, attention: 'joint' as const, fusion: 'tokens' as const }],
  ])('does not depend on how much room there is for absent images: %s', async (_, settings) => {
    const asked = question(settings, 7, [-8, 0]);
    const tight = await answer({ ...settings, frames: 2 }, asked);
    const roomy = await answer({ ...settings, frames: 6 }, asked);
    for (const name of ['image', 'logScale', 'values']) {
      expect(relativeDifference(roomy[name]!, tight[name]!)).toBeLessThan(1e-5);
    }
  });

  test.each([
    ['ConvLSTM', SMALL],
    ['ViViT', VIVIT],
  ])('knows real intervals, unless it is told to count images: %s', async (_, settings) => {
    const differs = async (own: NetworkSettings): Promise<number> => {
      const [near, far] = [question(own, 7, [-14, -7, 0]), question(own, 7, [-90, -3, 0])];
      return relativeDifference((await answer(own, near))['image']!, (await answer(own, far))['image']!);
    };
    expect(await differs(settings)).toBeGreaterThan(1e-4);
    expect(await differs({ ...settings, time: 'index' })).toBe(0);
  });

  test.each(['conv-lstm', 'vivit'] as const)('answers to the plan and to the EHR: %s', async (encoder) => {
    const settings = encoder === 'vivit' ? VIVIT : SMALL;
    const asked = question(settings);
    const plain = (await answer(settings, asked))['image']!;
    const treated = (await answer(settings, { ...asked, plan: [0, 3] }))['image']!;
    const visits = asked.visits.map((visit) => ({ ...visit, values: [{ value: 2, ageDays: 0 }, null] }));
    const other = (await answer(settings, { ...asked, visits }))['image']!;
    expect(relativeDifference(treated, plain)).toBeGreaterThan(1e-4);
    expect(relativeDifference(other, plain)).toBeGreaterThan(1e-4);
  });

  test('with the direct head draws the image itself', async () => {
    const settings = { ...SMALL, head: 'direct' as const, guides: 0 };
    const { image } = await answer(settings, question(settings, 0));
    expect(image).toHaveLength(16 * 12);
    expect(relativeDifference(image!, question(settings).visits.at(-1)!.image)).toBeGreaterThan(0.1);
  });

  test('with fresh weights moves nothing', async () => {
    const settings = { ...SMALL, head: 'displacement' as const };
    const inputs = sequenceInputs(settings, question(settings));
    const compiled = await compile((all) => ({ ...imageNetwork(settings)(all, all) }), {
      ...imageNetworkInputs(settings, 1),
      ...Object.fromEntries(
        Object.entries(imageNetworkParameters(settings)).map(([name, { shape }]) => [name, { shape }]),
      ),
    });
    const fresh = startingValues(imageNetworkParameters(settings), 1);
    const { image } = await compiled.run({ ...inputs, ...fresh });
    await compiled.dispose();
    expect(relativeDifference(image!, inputs['anchor']!)).toBeLessThan(3e-6);
  });

  test.each<[string, Partial<NetworkSettings>, RegExp]>([
    ['a stride that does not divide the size', { stride: 5 }, /stride 5 must divide 16 and 12/],
    ['tokens in a ConvLSTM', { fusion: 'tokens' }, /tokens are a fusion of vivit alone/],
    ['heads that do not divide the width', { encoder: 'vivit', heads: 3 }, /heads 3 must divide hidden 8/],
    ['tubelets that do not fit', { encoder: 'vivit', tubelet: 2 }, /tubelet 2 must divide frames 3/],
  ])('refuses %s', (_, change, message) => {
    expect(() => imageNetworkParameters({ ...SMALL, ...change })).toThrow(message);
  });
});
