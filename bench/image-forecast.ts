import { existsSync } from 'node:fs';
import path from 'node:path';
import { compile } from '../src/ml/engine/compile.ts';
import { sizeOf } from '../src/ml/engine/graph.ts';
import * as tf from '../src/ml/engine/tensorflow.ts';
import { administrationsOf, imagedTumourCohort, imageOf } from '../src/ml/cohorts/tumour/image-cohort.ts';
import { randomStream } from '../src/ml/cohorts/random-stream.ts';
import { TUMOUR_IMAGE_SHAPE } from '../src/ml/cohorts/tumour/render-tumour-visit.ts';
import { imageNetwork, imageNetworkInputs, imageNetworkParameters } from '../src/ml/forecasting/image/image-network.ts';
import { startingValues } from '../src/ml/forecasting/image/layers.ts';
import { forecastLesions, type LesionInput, openLesionModel } from '../src/ml/forecasting/image/lesion-forecast.ts';
import { readLesionModel } from '../src/ml/forecasting/image/lesion-model.ts';
import { NETWORK_BATCH } from '../src/ml/forecasting/image/lesion-predictor.ts';
import { loadLesionModels } from '../src/ml/forecasting/image/shipped-lesion-models.ts';
import type { NetworkSettings } from '../src/ml/forecasting/image/network-settings.ts';
import { LESION_NETWORK } from '../src/ml/training/train-lesion-model.ts';
import { takeTurns, timeHere, type Timing } from './engine/timing.ts';
import { type NamedArray, startTorchPeer } from './image-forecast/torch-peer.ts';
import { type BenchReport, type BenchRow, describeMachine, targetOf } from './report.ts';

const ROUNDS = 40;
const PATIENTS = 32;
/** Patients whose forecasts are asked for at once. */
const TOGETHER = 8;
const MODELS = path.join(import.meta.dirname, '..', 'models');

/**
 * How long an image forecast takes: the network that is shipped, for 1 and for 32 patients, beside the same network with the same weights
 * in eager PyTorch; and the whole way from images to forecast.
 */
export default async function benchImageForecast(): Promise<BenchReport> {
  const rows: BenchRow[] = [];
  const notes = [
    'One thread; PyTorch and ours by turns, so that other work on the machine falls on both. Ratios are of processor time, medians.',
    `${PATIENTS} patients: ours in batches of ${NETWORK_BATCH}, as the server asks; PyTorch in one batch of ${PATIENTS}.`,
  ];
  const ratios = new Map<number, number>();
  for (const patients of [1, PATIENTS]) {
    const arrays = arraysOf(LESION_NETWORK, patients);
    const ours = await ourNetwork(LESION_NETWORK, arrays, Math.min(patients, NETWORK_BATCH));
    const peer = await startTorchPeer(LESION_NETWORK, [...arrays, ...(await ours.outputs())], 1);
    const subjects = { ours: () => timeHere(ours.run), ...(peer === undefined ? {} : { PyTorch: peer.time }) };
    const timings = await takeTurns(subjects, ROUNDS);
    await ours.dispose();
    peer?.close();
    for (const [subject, own] of Object.entries(timings))
      rows.push(...latencyRows(`network, ${patients} patient(s)`, subject, own));
    if (peer === undefined) {
      notes.push('PyTorch is not installed: nothing was compared.');
      continue;
    }
    notes.push(
      `PyTorch ${peer.version}: its image differs from ours by ${peer.difference.toExponential(1)} of the largest pixel.`,
    );
    ratios.set(
      patients,
      quantile(timings['PyTorch']!, 0.5, 'processor') / quantile(timings['ours']!, 0.5, 'processor'),
    );
  }
  if (existsSync(MODELS) && (await loadLesionModels(MODELS)).length > 0) rows.push(...(await wholeForecasts()));
  else notes.push('No image model lies in models/: the whole way was not measured.');
  return {
    name: 'image-forecast',
    machine: describeMachine(1),
    seeds: [1],
    rows,
    targets: [...ratios].map(([patients, ratio]) =>
      targetOf(`network, ${patients} patient(s): speed against eager PyTorch`, ratio, 1.3, 'min'),
    ),
    notes,
  };
}

/** Weights, none of them at its start, and inputs of a batch. */
function arraysOf(settings: NetworkSettings, batch: number): NamedArray[] {
  const random = randomStream('bench image-forecast');
  const parameters = imageNetworkParameters(settings);
  const weights = startingValues(parameters, 1);
  const inputs = Object.entries(imageNetworkInputs(settings, batch)).map(([name, { shape }]): NamedArray => {
    const data = Float32Array.from({ length: sizeOf(shape) }, () => random.uniform());
    if (name === 'mask') data.fill(1);
    if (name === 'ages') data.forEach((_, at) => (data[at] = settings.frames - 1 - (at % settings.frames)));
    return { name: `input/${name}`, shape, data };
  });
  return [
    ...Object.entries(parameters).map(([name, { shape }]) => ({
      name,
      shape,
      data: weights[name]!.map((value) => value + 0.02 * random.normal()),
    })),
    ...inputs,
  ];
}

async function ourNetwork(settings: NetworkSettings, arrays: readonly NamedArray[], batch: number) {
  const weights = Object.fromEntries(
    arrays.flatMap(({ name, data }) => (name.startsWith('input/') ? [] : [[name, data]])),
  );
  const specs = Object.fromEntries(
    Object.entries(imageNetworkParameters(settings)).map(([name, { shape }]) => [name, { shape }]),
  );
  const compiled = await compile(
    (all) => {
      const { image, logScale } = imageNetwork(settings)(all, all);
      return { image, scale: tf.exp(logScale) };
    },
    { ...imageNetworkInputs(settings, batch), ...specs },
    { constants: weights },
  );
  const whole = Object.entries(imageNetworkInputs(settings, batch)).map(([name, { shape }]) => ({
    name,
    size: sizeOf(shape),
    data: arrays.find((one) => one.name === `input/${name}`)!.data,
  }));
  const parts = Array.from({ length: whole[0]!.data.length / whole[0]!.size }, (_, part) =>
    Object.fromEntries(whole.map(({ name, size, data }) => [name, data.subarray(part * size, (part + 1) * size)])),
  );
  const run = async (): Promise<Float32Array[]> => {
    const images: Float32Array[] = [];
    for (const part of parts) images.push((await compiled.run(part))['image']!);
    return images;
  };
  return {
    run,
    async outputs(): Promise<NamedArray[]> {
      const images = await run();
      const data = Float32Array.from(images.flatMap((image) => Array.from(image)));
      const { height, width, channels } = settings;
      return [{ name: 'output/image', shape: [parts.length * batch, height, width, channels], data }];
    },
    dispose: () => compiled.dispose(),
  };
}

/** From aligned images and doses to image, intervals and volume, with the shipped model. */
async function wholeForecasts(): Promise<BenchRow[]> {
  const [shipped] = await loadLesionModels(MODELS);
  const opened = await openLesionModel(await readLesionModel(shipped!.path));
  const inputs = imagedTumourCohort(77, PATIENTS).map(({ course, visitDays }): LesionInput => {
    const seen = visitDays.slice(0, 5);
    const origin = seen.at(-1)!;
    const given = administrationsOf(course.days.slice(0, origin + 14), -origin);
    const doses = Object.entries(given).flatMap(([treatment, all]) =>
      all.map((dose) => Object.assign({ treatment, knownAtMs: 0 }, dose)),
    );
    return {
      shape: TUMOUR_IMAGE_SHAPE,
      horizonDays: 14,
      visits: seen.map((day) => ({ day: day - origin, voxels: imageOf(course, day, true), values: {}, exposures: {} })),
      course: { measurements: [], doses, statics: {} },
      plannedExposures: {},
    };
  });
  const timings = await takeTurns(
    {
      '1 patient': () => timeHere(() => forecastLesions(opened, inputs.slice(0, 1))),
      [`${TOGETHER} patients together`]: () => timeHere(() => forecastLesions(opened, inputs.slice(0, TOGETHER))),
    },
    8,
  );
  return Object.entries(timings).flatMap(([name, own]) =>
    latencyRows(`whole forecast of five visits, ${name}`, 'ours', own),
  );
}

const quantile = (timings: readonly Timing[], share: number, kind: keyof Timing): number => {
  const sorted = timings.map((timing) => timing[kind]).toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!;
};

const latencyRows = (benchCase: string, subject: string, timings: readonly Timing[]): BenchRow[] =>
  (['wall', 'processor'] as const).flatMap((kind) =>
    [0.5, 0.95].map((share) => ({
      case: benchCase,
      subject,
      metric: `${kind === 'wall' ? 'time' : 'processor time'}, p${100 * share}`,
      value: quantile(timings, share, kind),
      unit: 'ms',
    })),
  );
