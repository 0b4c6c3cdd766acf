import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readCohortFile } from '../../src/ml/cohorts/cohort-file.ts';
import { simulateDemoCohort } from '../../src/ml/cohorts/demo-cohort.ts';
import { demoCourse } from '../../src/ml/cohorts/demo-course.ts';
import { seriesOf } from '../../src/ml/forecasting/personal-dynamics.ts';
import { encodePersonalModel, PERSONAL_MODEL_SUFFIX } from '../../src/ml/forecasting/personal-model-file.ts';
import { type TrainingCohort, trainPersonalModel } from '../../src/ml/forecasting/train-personal-model.ts';
import { type DiseaseDefinition, dynamicsOf, parseDiseaseDefinition } from '../../src/twins/disease-definition.ts';
import { progressBar } from '../progress-bar.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const USAGE = `usage: npm run train -- DISEASE [options]
  --data FILE       patients: a table (CSV: patient, day, keys of the definition) or the export of a running server (JSON)
  --cohort tumour   simulated patients, for tumour-response (default there)
  --patients N      of the simulated cohort, at most 500 (default 400)
  --feature-steps N updates of the networks that learn features as a rival to the declared ones; 0: none (default 1000)
  --seed N          (default 1)
  --version V       (default 1.0.0)
  --out FOLDER      (default models)`;

const options = {
  data: { type: 'string' },
  cohort: { type: 'string' },
  patients: { type: 'string', default: '400' },
  'feature-steps': { type: 'string', default: '1000' },
  seed: { type: 'string', default: '1' },
  version: { type: 'string', default: '1.0.0' },
  out: { type: 'string', default: 'models' },
  help: { type: 'boolean', default: false },
} as const;

/** Trains a personal model from a file or a simulated cohort and writes it, with its card, to a folder. */
export default async function trainPersonal(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
  const [disease] = positionals;
  if (values.help || disease === undefined) {
    console.error(USAGE);
    return;
  }
  const name = `${disease}.json`;
  const definition = parseDiseaseDefinition(name, await readFile(path.join(ROOT, 'diseases', name), 'utf8'));
  const seed = Number(values.seed);
  const cohort = values.data === undefined ? simulated(definition, values) : await fromFile(definition, values.data);
  const model = await trainPersonalModel(definition, cohort, {
    featureSteps: Number(values['feature-steps']),
    version: values.version,
    seed,
    madeBy: commandOf(disease, values),
    limitations:
      values.data === undefined
        ? 'Learned from simulated patients: what is told of its skill holds for patients that behave like them, and for no others.'
        : 'Holds for patients like those that it was learned from.',
    onProgress: progressBar(),
  });
  const file = path.join(values.out, `${disease}-${values.version}${PERSONAL_MODEL_SUFFIX}`);
  await mkdir(values.out, { recursive: true });
  await writeFile(file, encodePersonalModel(model));
  process.stdout.write(`${JSON.stringify({ file, card: model.card }, null, 2)}\n`);
}

function simulated(
  definition: DiseaseDefinition,
  {
    cohort,
    patients,
    seed,
  }: { readonly cohort?: string | undefined; readonly patients: string; readonly seed: string },
): TrainingCohort {
  const { id } = definition;
  if (id !== 'tumour-response' || (cohort ?? 'tumour') !== 'tumour') {
    throw new TypeError(`No cohort ${cohort ?? ''} is simulated for ${id}; give --data FILE.`);
  }
  const dynamics = dynamicsOf(definition);
  const simulatedPatients = simulateDemoCohort({ seed: Number(seed), patients: Number(patients) });
  return {
    learnedFrom: `${patients} simulated patients of the tumour cohort`,
    patients: simulatedPatients.map((patient) => ({
      patient: String(patient.position),
      series: seriesOf(demoCourse(patient), dynamics),
    })),
  };
}

async function fromFile(definition: DiseaseDefinition, file: string): Promise<TrainingCohort> {
  const patients = readCohortFile(await readFile(file, 'utf8'), definition);
  return { learnedFrom: `${patients.length} patients of ${path.basename(file)}`, patients };
}

/** What makes the same file again, without where it was put. */
function commandOf(
  disease: string,
  values: {
    readonly data?: string | undefined;
    readonly patients: string;
    readonly seed: string;
    readonly version: string;
    readonly 'feature-steps': string;
  },
): string {
  const { data, patients, seed, version } = values;
  const source = data === undefined ? `--patients ${patients}` : `--data ${path.basename(data)}`;
  return `npm run train -- ${disease} ${source} --feature-steps ${values['feature-steps']} --seed ${seed} --version ${version}`;
}
