/**
 * `npm run predict -- --model FILE --data FILE [--days N] [--dose KEY=AMOUNT_PER_DAY]... [--json]`: forecasts the values of
 * every patient of a file with a trained model, without a server.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigurationError, DomainError } from '../src/errors.ts';
import { readCohortFile } from '../src/ml/cohorts/cohort-file.ts';
import { forecastSeries } from '../src/ml/forecasting/forecast-series.ts';
import { decodePersonalModel } from '../src/ml/forecasting/personal-model-file.ts';
import { parseDiseaseDefinition } from '../src/twins/disease-definition.ts';
import { formatPredictions, type PatientPrediction } from './predict/format-predictions.ts';

const USAGE = `usage: npm run predict -- --model FILE --data FILE [options]
  --model FILE          as npm run train writes it
  --data FILE           a table (CSV: patient, day, keys of the definition) or the export of a running server (JSON)
  --days N              how far ahead of each patient's last visit (default: the definition's)
  --dose KEY=AMOUNT     planned amount per day, in the definition's unit; repeat for several (default: nothing is given)
  --json                one JSON object on stdout`;

const { values } = parseArgs({
  options: {
    model: { type: 'string' },
    data: { type: 'string' },
    days: { type: 'string' },
    dose: { type: 'string', multiple: true, default: [] },
    json: { type: 'boolean', default: false },
  },
});
if (values.model === undefined || values.data === undefined) {
  console.error(USAGE);
  process.exit(2);
}
try {
  const { card, learned, sha256 } = decodePersonalModel(await readFile(values.model));
  const name = `${card.disease.id}.json`;
  const definitionFile = path.join(import.meta.dirname, '..', 'diseases', name);
  const definition = parseDiseaseDefinition(name, await readFile(definitionFile, 'utf8'));
  const horizonDays = Number(values.days ?? definition.forecasting.defaultHorizonDays);
  const amountPerDay = Object.fromEntries(values.dose.map(doseOf));
  const patients = readCohortFile(await readFile(values.data, 'utf8'), definition);
  const predictions = patients.map(({ patient, series }): PatientPrediction => {
    try {
      const forecast = forecastSeries(learned, series, { horizonDays, amountPerDay });
      return { patient, values: forecast.values, caveats: forecast.caveats };
    } catch (error) {
      if (!(error instanceof DomainError && error.reason === 'INSUFFICIENT_HISTORY')) throw error;
      return { patient, values: [], caveats: [error.message] };
    }
  });
  const answer = { model: `${card.name} ${card.version}`, sha256, horizonDays, amountPerDay, patients: predictions };
  const unitOf = (key: string): string => {
    const variable = definition.variables.find((one) => one.key === key);
    return variable !== undefined && 'unit' in variable ? variable.unit : '';
  };
  process.stdout.write(values.json ? `${JSON.stringify(answer)}\n` : formatPredictions(answer, unitOf));
} catch (error) {
  const isNoFile = error instanceof Error && 'code' in error && error.code === 'ENOENT';
  if (!(error instanceof DomainError || error instanceof ConfigurationError || isNoFile)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

function doseOf(text: string): [string, number] {
  const [key = '', amount = ''] = text.split('=');
  if (key === '' || amount === '' || !Number.isFinite(Number(amount))) {
    throw new DomainError('INVALID_INPUT', `"${text}" is no dose; write KEY=AMOUNT_PER_DAY.`, { field: 'dose' });
  }
  return [key, Number(amount)];
}
