import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { loadImage } from '../../src/composition/load-image.ts';
import { ConfigurationError } from '../../src/errors.ts';
import { errorsOnShapes } from '../../src/ml/registration/learned/registration-errors.ts';
import { trainVoxelMorph } from '../../src/ml/registration/learned/train-voxelmorph.ts';
import { trainingSlices } from '../../src/ml/registration/learned/training-slices.ts';
import { VOXELMORPH } from '../../src/ml/registration/learned/voxelmorph-model.ts';
import {
  voxelMorphInputs,
  voxelMorphParameters,
  type VoxelMorphSettings,
} from '../../src/ml/registration/learned/voxelmorph-network.ts';
import { progressLine } from '../../src/ml/training/progress-line.ts';
import { registerModel } from '../../src/ml/training/trained-model.ts';

const USAGE = `usage: npm run train -- registration [options]
  --data FOLDER     images to learn from (DICOM, NIfTI, MetaImage, PNG, TIFF); random shapes where it is left out
  --similarity S    local-cross-correlation or mean-squared-error (default local-cross-correlation)
  --smoothness N    weight of the roughness of the velocity (default 0.05)
  --dimensions N    2 or 3 (default 2)
  --side N          voxels along each axis, a multiple of 16 (default 128; 48 in three dimensions)
  --steps N         (default 4000)
  --seed N          (default 1)
  --version V       (default 1.0.0)
  --out FOLDER      (default models)
An interrupted training is continued from .sequela/train/registration.`;

const options = {
  data: { type: 'string' },
  similarity: { type: 'string', default: 'local-cross-correlation' },
  smoothness: { type: 'string', default: '0.05' },
  dimensions: { type: 'string', default: '2' },
  side: { type: 'string' },
  steps: { type: 'string', default: '4000' },
  seed: { type: 'string', default: '1' },
  version: { type: 'string', default: '1.0.0' },
  out: { type: 'string', default: 'models' },
  help: { type: 'boolean', default: false },
} as const;
const SIMILARITIES = ['local-cross-correlation', 'mean-squared-error'] as const;
const BATCH = 4;
const LEARNING_RATE = 2e-3;
const TEST_PAIRS = 24;

/** Trains a VoxelMorph network without any truth, measures it on pairs that it has not seen, and registers it in a folder. */
export default async function trainRegistration(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options });
  if (values.help) {
    console.error(USAGE);
    return;
  }
  const dimensions = numberOf('dimensions', values.dimensions, [2, 3]);
  const side = numberOf('side', values.side ?? (dimensions === 2 ? '128' : '48'), [16, 512]);
  if (side % 16 !== 0) {
    throw new ConfigurationError('the network cannot be trained', [`side must be a multiple of 16, found ${side}`]);
  }
  const steps = numberOf('steps', values.steps, [1, 1_000_000]);
  const seed = numberOf('seed', values.seed, [0, 2 ** 31]);
  const smoothness = numberOf('smoothness', values.smoothness, [0, 1e6]);
  const similarity = SIMILARITIES.find((one) => one === values.similarity);
  if (similarity === undefined) {
    throw new ConfigurationError('the network cannot be trained', [`similarity must be ${SIMILARITIES.join(' or ')}`]);
  }
  const settings: VoxelMorphSettings = {
    shape: Array.from({ length: dimensions }, () => side),
    encoder: [8, 16, 32, 32, 32],
    decoder: [32, 32, 32, 16],
  };
  const images = values.data === undefined ? [] : trainingSlices(await imagesIn(values.data), settings);
  const folder = path.join(import.meta.dirname, '..', '..', '.sequela', 'train');
  await mkdir(folder, { recursive: true });
  const name = `registration-${dimensions}d`;
  let shownAt = 0;
  const trained = await trainVoxelMorph(
    {
      settings,
      loss: { similarity, smoothness },
      images,
      batchSize: BATCH,
      steps,
      learningRate: LEARNING_RATE,
      seed,
      checkpoint: path.join(folder, `registration-${dimensions}d.safetensors`),
    },
    (report) => {
      if (report.point === null && performance.now() - shownAt < 500) return;
      shownAt = performance.now();
      process.stderr.write(process.stderr.isTTY ? `\r${progressLine(name, report)}` : '');
      if (report.point !== null) console.error(`\nstep ${report.step}: ${report.point.validationLoss.toFixed(4)}`);
    },
  );
  const model = { settings, weights: trained.weights, version: values.version };
  const errors = await errorsOnShapes(model, seed, TEST_PAIRS);
  const source = values.data === undefined ? '' : ' --data FOLDER';
  const file = await registerModel(values.out, voxelMorphParameters(settings), trained, {
    name,
    version: values.version,
    description:
      'VoxelMorph: a U-Net gives the stationary velocity that brings a moving image to a fixed one, globally aligned already.',
    architecture: VOXELMORPH,
    settings: { ...settings, similarity, smoothness, seed } as never,
    splitHash: `seed ${seed}`,
    inputs: voxelMorphInputs(settings, 1),
    outputs: { displacement: { shape: [1, ...settings.shape, dimensions] } },
    trainedOn:
      values.data === undefined
        ? 'Deformed images of random shapes; no image of any patient.'
        : `${images.length} images of a folder, deformed at random.`,
    intendedUse: 'A fast first deformation after global alignment, to be judged by the gate of every registration.',
    limitations:
      'Deformations larger than about a twentieth of the image are not recovered. Less exact than free-form deformation, which can refine it.',
    licence: 'Apache-2.0',
    metrics: {
      'mean distance before, voxels, median of unseen pairs': errors.before,
      'mean distance after, voxels, median of unseen pairs': errors.after,
    },
    madeBy: `npm run train -- registration${source} --dimensions ${dimensions} --side ${side} --similarity ${similarity} --smoothness ${smoothness} --steps ${steps} --seed ${seed} --version ${values.version}`,
  });
  process.stdout.write(`${JSON.stringify({ file, bestStep: trained.bestStep, ...errors }, null, 2)}\n`);
}

function numberOf(name: string, text: string, [low, high]: readonly [number, number]): number {
  const value = Number(text);
  if (!(value >= low && value <= high) || (name !== 'smoothness' && !Number.isInteger(value))) {
    throw new ConfigurationError('the network cannot be trained', [
      `${name} must lie in ${low}..${high}, found ${text}`,
    ]);
  }
  return value;
}

async function imagesIn(folder: string) {
  const names: string[] = await readdir(folder).catch(() => []);
  const images = [];
  for (const name of names.toSorted()) images.push((await loadImage(path.join(folder, name))).volume);
  if (images.length === 0)
    throw new ConfigurationError('the network cannot be trained', ['the folder holds no images']);
  return images;
}
