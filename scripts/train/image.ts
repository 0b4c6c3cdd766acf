import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigurationError } from '../../src/errors.ts';
import { imageNetworkInputs } from '../../src/ml/forecasting/image/image-network.ts';
import { LESION_MODEL, lesionModelParameters } from '../../src/ml/forecasting/image/lesion-model.ts';
import type { NetworkSettings } from '../../src/ml/forecasting/image/network-settings.ts';
import { recordOfModel } from '../../src/ml/forecasting/personal/model-record.ts';
import { testErrors } from '../../src/ml/training/lesion-test-errors.ts';
import {
  LESION_NETWORK,
  type LesionTrainingOptions,
  trainLesionModel,
} from '../../src/ml/training/train-lesion-model.ts';
import { searchSettings } from '../../src/ml/training/settings-search.ts';
import { registerModel } from '../../src/ml/training/trained-model.ts';

const USAGE = `usage: npm run train -- tumour-response --model image [options]
  --patients N      simulated patients, at most 500 (default 90)
  --steps N         of the network (default 400; the segmenter's are as many and 100 more)
  --seed N          (default 701)
  --version V       (default 1.0.0)
  --out FOLDER      (default models)
  --search MINUTES  first chooses the network among some within this time, by validation
An interrupted training is continued from .sequela/train/image.`;

const options = {
  patients: { type: 'string', default: '90' },
  steps: { type: 'string', default: '400' },
  seed: { type: 'string', default: '701' },
  version: { type: 'string', default: '1.0.0' },
  out: { type: 'string', default: 'models' },
  search: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;
const DISEASE = 'tumour-response';

/** Trains the image model of a tumour on simulated patients, judges it on patients left out, and registers it in a folder. */
export default async function trainImage(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
  if (values.help) {
    console.error(USAGE);
    return;
  }
  if (positionals[0] !== DISEASE) {
    throw new ConfigurationError('no image model can be trained', [
      `only ${DISEASE} has simulated images, found ${positionals[0] ?? 'nothing'}`,
    ]);
  }
  const [patients, steps, seed] = [values.patients, values.steps, values.seed].map(Number) as [number, number, number];
  const folder = path.join(import.meta.dirname, '..', '..', '.sequela', 'train', 'image');
  await mkdir(folder, { recursive: true });
  const log = (line: string): void => console.error(line);
  const common = { seed, patients, isNoisy: true, segmenterSteps: steps + 100, tasksPerPatient: 8, folder };
  const chosen = values.search === undefined ? LESION_NETWORK : await chooseNetwork(common, Number(values.search), log);
  const { model, records, observers, split, trained } = await trainLesionModel(
    { ...common, networkSteps: steps, network: chosen },
    log,
  );
  const metrics = await testErrors(model, records.test, observers.window);
  const { network, weights, volumes, ...rest } = model;
  const file = await registerModel(
    values.out,
    lesionModelParameters(network),
    { ...trained, weights },
    {
      name: `${DISEASE}-image`,
      version: values.version,
      description:
        'Forecasts the next MR image of a brain lesion: a U-Net finds the lesion, a personal model forecasts its volume under the planned treatment, the lesion of the last image is drawn in that size over the tissue below it, and a ConvLSTM conditioned on the EHR adds a residual and the expected error of every voxel.',
      architecture: LESION_MODEL,
      settings: JSON.parse(JSON.stringify({ network, volumes: recordOfModel(volumes), ...rest })) as Record<
        string,
        never
      >,
      splitHash: split.hash,
      inputs: imageNetworkInputs(network, 1),
      outputs: { image: imageNetworkInputs(network, 1)['anchor']! },
      trainedOn: `${patients} simulated patients of the tumour cohort, seed ${seed}: ${split.parts.train.length} to train, ${split.parts.validation.length} to stop and calibrate, ${split.parts.test.length} to test.`,
      intendedUse: 'Research and demonstration on images of the simulated cohort.',
      limitations:
        'Learned from simulated images of one size and contrast, one lesion each. It says nothing of real patients; images of other voxels are resampled, which was not judged.',
      licence: 'Apache-2.0',
      metrics,
      madeBy: `npm run train -- ${DISEASE} --model image --patients ${patients} --steps ${steps} --seed ${seed} --version ${values.version}`,
    },
  );
  process.stdout.write(`${JSON.stringify({ file, metrics, bins: model.bins }, null, 2)}\n`);
}

const FIRST_STEPS = 40;

/** The best of a few networks within so many minutes. */
async function chooseNetwork(
  common: Omit<LesionTrainingOptions, 'networkSteps'>,
  minutes: number,
  log: (line: string) => void,
): Promise<NetworkSettings> {
  if (!(minutes > 0)) throw new ConfigurationError('the search cannot begin', ['--search takes minutes above 0']);
  const ranking = await searchSettings<NetworkSettings>({
    candidates: {
      'ConvLSTM, ST-FiLM': LESION_NETWORK,
      'ConvLSTM, FiLM': { ...LESION_NETWORK, fusion: 'film' },
      'ConvLSTM, two layers': { ...LESION_NETWORK, layers: 2 },
      'ViViT, tokens': { ...LESION_NETWORK, encoder: 'vivit', fusion: 'tokens' },
    },
    judge: async ({ settings }, networkSteps) => {
      const { trained } = await trainLesionModel({ ...common, networkSteps, network: settings }, log);
      return Math.min(...trained.curve.map(({ validationLoss }) => validationLoss));
    },
    steps: FIRST_STEPS,
    budgetMs: minutes * 60_000,
    now: () => performance.now(),
  });
  for (const { name, steps, loss } of ranking) log(`search: ${name}, ${steps} steps: ${loss.toFixed(4)}`);
  return ranking[0]?.settings ?? LESION_NETWORK;
}
