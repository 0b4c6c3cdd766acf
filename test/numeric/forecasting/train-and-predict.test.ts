import { beforeAll, describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { DomainError } from '../../../src/errors.ts';
import { readCohortFile } from '../../../src/ml/cohorts/cohort-file.ts';
import { simulateDemoCohort } from '../../../src/ml/cohorts/demo-cohort.ts';
import { demoCourse } from '../../../src/ml/cohorts/demo-course.ts';
import { writeCohortExport } from '../../../src/ml/cohorts/readers/cohort-export.ts';
import { forecastSeries } from '../../../src/ml/forecasting/forecast-series.ts';
import { decodePersonalModel, encodePersonalModel } from '../../../src/ml/forecasting/personal-model-file.ts';
import { trainPersonalModel } from '../../../src/ml/forecasting/train-personal-model.ts';
import { parseDiseaseDefinition } from '../../../src/twins/disease-definition.ts';

const DISEASE = 'tumour-response.json';
const definition = parseDiseaseDefinition(
  DISEASE,
  readFileSync(new URL(`../../../diseases/${DISEASE}`, import.meta.url), 'utf8'),
);
const patients = simulateDemoCohort({ seed: 8, patients: 44 }).map((patient) => ({
  patient: `p${patient.position}`,
  course: demoCourse(patient),
}));
const exported = JSON.stringify(writeCohortExport(patients, {}));
const cohort = readCohortFile(exported, definition);
const training = { learnedFrom: '40 simulated patients', patients: cohort.slice(0, 40) };
const options = { version: '0.1.0', seed: 3, madeBy: 'a test', limitations: 'A test.', featureSteps: 0 };

const train = (): Promise<Omit<ReturnType<typeof decodePersonalModel>, 'sha256'>> =>
  trainPersonalModel(definition, training, options);
const codeOf = (run: () => unknown): unknown => {
  try {
    run();
    return null;
  } catch (error) {
    return error instanceof DomainError ? error.message : error;
  }
};

describe('a trained model', () => {
  let text: string;
  beforeAll(async () => {
    text = encodePersonalModel(await train());
  }, 60_000);

  it('comes with a card that says what it was made from, what was chosen and what it showed', () => {
    const { card, dynamicsSha256 } = decodePersonalModel(new TextEncoder().encode(text));
    expect(card).toMatchObject({ patients: 40, seeds: [3], disease: { id: 'tumour-response' } });
    expect(card.features.likelihoods.map(({ candidate }) => candidate)).toContain(card.features.chosen);
    expect(card.features.likelihoods).toHaveLength(3);
    expect(card.metrics['carcinoembryonicAntigen after 0 d: skill']).toBeGreaterThan(0.3);
    for (const hash of [card.dataSha256, card.splitSha256, dynamicsSha256]) expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is the same bytes when it is trained again', { timeout: 60_000 }, async () => {
    expect(encodePersonalModel(await train())).toBe(text);
  });

  it('forecasts patients that it never saw, with intervals, and less of the marker under more of the drug', () => {
    const { learned } = decodePersonalModel(new TextEncoder().encode(text));
    for (const { series } of cohort.slice(40)) {
      const ceaUnder = (chemotherapy: number) =>
        forecastSeries(learned, series, { horizonDays: 14, amountPerDay: { chemotherapy } }).values.find(
          ({ variable }) => variable === 'carcinoembryonicAntigen',
        )!;
      const answers = [0, 5, 10].map(ceaUnder);
      answers.slice(1).forEach(({ value }, index) => expect(value).toBeLessThan(answers[index]!.value));
      expect(answers[0]!.intervals.map(({ coverage }) => coverage)).toEqual([0.5, 0.8, 0.9, 0.95]);
    }
  });

  it.each<[string, object, RegExp]>([
    ['a horizon of 0', { horizonDays: 0, amountPerDay: {} }, /above 0 days/],
    ['an unknown treatment', { horizonDays: 7, amountPerDay: { water: 1 } }, /knows no treatment "water"/],
    ['a negative dose', { horizonDays: 7, amountPerDay: { chemotherapy: -1 } }, /must be 0 or more/],
  ])('refuses %s', (_, question, message) => {
    const { learned } = decodePersonalModel(new TextEncoder().encode(text));
    expect(codeOf(() => forecastSeries(learned, cohort[0]!.series, question as never))).toMatch(message);
  });

  it.each<[string, (file: string) => string, RegExp]>([
    ['a file cut short', (file) => file.slice(0, -10), /not JSON/],
    ['another format', (file) => file.replace('sequela-personal-model', 'other'), /format is not valid/],
    ['a card without a licence', (file) => file.replace('"licence":"Apache-2.0",', ''), /card.licence/],
  ])('refuses %s', (_, spoil, message) => {
    expect(codeOf(() => decodePersonalModel(new TextEncoder().encode(spoil(text))))).toMatch(message);
  });

  it('is not made of too few patients', async () => {
    await expect(
      trainPersonalModel(definition, { ...training, patients: cohort.slice(0, 1) }, options),
    ).rejects.toMatchObject({ reason: 'INSUFFICIENT_HISTORY' });
  });
});

describe('a cohort file', () => {
  it('is an export or a table of the same patients', () => {
    const table = [
      'patient,day,gender,haemoglobin,chemotherapy',
      'A,0,female,13.1,0',
      'A,7,female,,75',
      'A,14,female,12.2,0',
    ].join('\n');
    const [a] = readCohortFile(table, definition);
    expect(a!.series).toEqual({
      statics: { gender: 0 },
      visits: [
        { day: 0, values: { haemoglobin: 13.1 } },
        { day: 7, values: {} },
        { day: 14, values: { haemoglobin: 12.2 } },
      ],
      treatments: {
        chemotherapy: [
          { fromDay: 0, toDay: 7, amount: 75 },
          { fromDay: 7, toDay: 14, amount: 0 },
        ],
      },
    });
    expect(cohort).toHaveLength(44);
    expect(cohort[0]!.series.visits.length).toBeGreaterThan(10);
  });

  it('may be written with semicolons and decimal commas, in years', () => {
    const [a] = readCohortFile('patient;year;haemoglobin\nA;0,5;13,5\n', definition);
    expect(a!.series.visits).toEqual([{ day: 0.5 * 365.25, values: { haemoglobin: 13.5 } }]);
  });

  it.each([
    ['patient,day,nothing\nA,0,1\n', /no column of tumour-response/],
    ['patient,day,haemoglobin\nA,0,high\n', /Line 2.*haemoglobin/],
    ['patient,day,gender,haemoglobin\nA,0,unknown,12\n', /known are female, male/],
    ['{"format": ', /begins like JSON/],
    ['{"format": "other"}', /cohort file/],
  ])('refuses %j', (text, message) => {
    expect(codeOf(() => readCohortFile(text, definition))).toMatch(message);
  });
});
