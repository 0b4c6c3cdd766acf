import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigurationError } from '../../src/errors.ts';
import { imageNetworkInputs } from '../../src/ml/forecasting/image/image-network.ts';
import { LESION_MODEL, lesionModelParameters } from '../../src/ml/forecasting/image/lesion-model.ts';
import { recordOfModel } from '../../src/ml/forecasting/personal/model-record.ts';
import { testErrors } from '../../src/ml/training/lesion-test-errors.ts';
import { trainLesionModel } from '../../src/ml/training/train-lesion-model.ts';
import { registerModel } from '../../src/ml/training/trained-model.ts';

const USAGE = `usage: npm run train -- tumour-response --model image [options]
  --patients N      simulated patients, at most 500 (default 140)
  --steps N         of the network (default 500; the segmenter's are as many and 200 more)
  --seed N          (default 1)
  --version V       (default 1.0.0)
  --out FOLDER      (default models)
An interrupted training is continued from .sequela/train/image.`;

const options = {
  patients: { type: 'string', default: '140' },
  steps: { type: 'string', default: '500' },
  seed: { type: 'string', default: '1' },
  version: { type: 'string', default: '1.0.0' },
  out: { type: 'string', default: 'models' },
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
  const { model, records, observers, split, trained } = await trainLesionModel(
    { seed, patients, isNoisy: true, segmenterSteps: steps + 200, networkSteps: steps, tasksPerPatient: 8, folder },
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
        'Forecasts the next MR image of a brain lesion: a U-Net finds the lesion, a personal model forecasts its volume under the planned treatment, the last image is warped to it, and a ConvLSTM conditioned on the EHR adds a residual and the expected error of every voxel.',
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
        'Learned from simulated images of one size and contrast, one lesion each. It says nothing of real patients; images of another size are not answered.',
      licence: 'Apache-2.0',
      metrics,
      madeBy: `npm run train -- ${DISEASE} --model image --patients ${patients} --steps ${steps} --seed ${seed} --version ${values.version}`,
    },
  );
  process.stdout.write(`${JSON.stringify({ file, metrics, bins: model.bins }, null, 2)}\n`);
}
