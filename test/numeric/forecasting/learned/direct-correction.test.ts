import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../../src/ml/cohorts/random-stream.ts';
import { forecastSeries } from '../../../../src/ml/forecasting/forecast-series.ts';
import {
  learnedOfRecord,
  learnFrom,
  type LearnedPopulation,
  recordOfLearned,
} from '../../../../src/ml/forecasting/learned-population.ts';
import { correctedCandidate, personalCandidate } from '../../../../src/ml/forecasting/learned/dynamics-candidate.ts';
import { type CorrectionRow, fitCorrection } from '../../../../src/ml/forecasting/learned/fit-correction.ts';
import type { PatientSeries } from '../../../../src/ml/forecasting/personal/patient-series.ts';
import type { PersonalSpec } from '../../../../src/ml/forecasting/personal/personal-spec.ts';
import { mixtureCentre } from '../../../../src/ml/forecasting/personal/predictive-mixture.ts';

/** A marker that returns within half a year to a level which a static tells and a drug lowers; a model is told of a drift alone. */
function patientOf(seed: number, index: number): PatientSeries {
  const random = randomStream(seed, index, 'corrected');
  const group = Number(random.uniform() < 0.5);
  const isTreated = random.uniform() < 0.5;
  let level = 4 + 2 * group + random.normal();
  const visits = Array.from({ length: 7 }, (_, at) => {
    level += 0.6 * (4 + 2 * group - (isTreated && at > 3 ? 0.3 : 0) - level) + 0.3 * random.normal();
    return { day: 180 * at + 20 * random.uniform(), values: { marker: Math.exp(level / 4) } };
  });
  const drug = isTreated ? [{ fromDay: 540, toDay: 1400, amount: 86 }] : [];
  return { statics: { group }, visits, treatments: { drug } };
}

const SPEC: PersonalSpec = {
  timeUnitDays: 365.25,
  variables: [
    {
      key: 'marker',
      change: 'log',
      scale: 1,
      floor: 0.01,
      plausible: [0.1, 100],
      measurementSd: 0,
      features: [{ kind: 'intercept' }, { kind: 'dose', treatment: 'drug' }],
    },
  ],
  treatments: [{ key: 'drug', unit: 36.5, halfLifeDays: 0 }],
  statics: [{ key: 'group', kind: 'category', levels: [0, 1] }],
  components: 1,
};

const patients = Array.from({ length: 90 }, (_, index) => patientOf(1, index));
const learned = learnFrom(SPEC, patients.slice(0, 60), { seed: 1, isWithTrees: true })!;
const test = patients.slice(60);
/** Of all visits but the first two, from the ones before. */
function errorOf(candidate: ReturnType<typeof personalCandidate>): number {
  const errors = test.flatMap((series) =>
    candidate
      .nextVisits(series)
      .slice(1)
      .map((predictive, at) =>
        Math.abs(Math.log(mixtureCentre(predictive[0]!) / series.visits[at + 2]!.values['marker']!)),
      ),
  );
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}

describe('a correction', () => {
  it('learns on patients left out what the declared features cannot say', () => {
    const plain = errorOf(personalCandidate('plain', learned.model));
    expect(errorOf(correctedCandidate('corrected', learned.model, learned.correction!))).toBeLessThan(0.95 * plain);
  });

  it('depends on the past and the horizon alone: what plans differ by is what the personal model says', () => {
    const series = { ...test[0]!, visits: test[0]!.visits.slice(0, 3) };
    const plans = [0, 20, 80].map((amount) => ({ drug: [{ fromDay: 400, toDay: 700, amount }] }));
    const shiftsUnder = (plan: PatientSeries['treatments']): number[] => {
      const [plain, corrected] = [
        personalCandidate('plain', learned.model),
        correctedCandidate('corrected', learned.model, learned.correction!),
      ].map((one) => one.forecast(series, [90, 300], plan).map((told) => told[0]!.means[0]!));
      return corrected!.map((mean, h) => mean - plain![h]!);
    };
    const [none, ...others] = plans.map(shiftsUnder);
    for (const other of others) other.forEach((shift, h) => expect(shift).toBeCloseTo(none![h]!, 12));
    expect(Math.abs(none![0]!)).toBeGreaterThan(1e-3);
  });

  it('comes back from its record to the same bytes, and is refused where it does not fit the model', () => {
    const record = JSON.parse(JSON.stringify(recordOfLearned(learned))) as ReturnType<typeof recordOfLearned>;
    const read = learnedOfRecord(record);
    const answer = (one: LearnedPopulation) =>
      forecastSeries(one, test[1]!, { horizonDays: 200, amountPerDay: { drug: 0.1 } });
    expect(answer(read)).toEqual(answer(learned));
    const [own] = record.correction!.variables;
    const short = { ...own!, ridge: { ...own!.ridge, weights: [1] } };
    expect(() => learnedOfRecord({ ...record, correction: { version: 1, variables: [short] } })).toThrow(
      /correction does not fit/,
    );
    // Models of before there were corrections are answered as they are.
    expect(learnedOfRecord({ ...record, correction: undefined }).correction).toBeNull();
  });

  it('tends to nothing as the horizon does', () => {
    const values = [1e-3, 1e-6].map((horizonDays) => {
      const [value] = forecastSeries(learned, test[2]!, { horizonDays, amountPerDay: {} }).values;
      return Math.abs(value!.value / value!.last - 1);
    });
    expect(values[0]).toBeLessThan(1e-3);
    expect(values[1]).toBeLessThan(1e-6);
  });
});

describe('stacking', () => {
  const rows = (changeOf: (inputs: readonly number[], noise: number) => number): CorrectionRow[] => {
    const random = randomStream('stacked');
    return Array.from({ length: 400 }, (_, at) => {
      const inputs = [0.5 + random.uniform(), random.normal(), random.normal(), 0.3 * random.normal()];
      return { fold: at % 5, inputs: Float64Array.from(inputs), change: changeOf(inputs, random.normal()) };
    });
  };

  it('leaves a model alone that cannot be improved on', () => {
    const { correction, heldOut } = fitCorrection(
      rows((inputs, noise) => inputs[3]! + 0.1 * noise),
      { isWithTrees: true },
    );
    const moved = Math.sqrt(heldOut.reduce((sum, shift) => sum + shift * shift, 0) / heldOut.length);
    expect(moved).toBeLessThan(0.03);
    expect((correction?.ridgeShare ?? 0) + (correction?.treesShare ?? 0)).toBeLessThanOrEqual(1);
  });

  it('gives way to what forecasts better, and never goes further than was seen', () => {
    const bent = rows((inputs, noise) => Math.sign(inputs[1]!) + 0.1 * noise);
    const { correction } = fitCorrection(bent, { isWithTrees: true });
    expect(correction!.treesShare).toBeGreaterThan(0.6);
    const largest = Math.max(...bent.map(({ change }) => Math.abs(change)));
    expect(correction!.most).toBe(largest);
  });

  it('learns nothing of too few rows', () => {
    const few = rows((inputs) => inputs[1]!).slice(0, 20);
    expect(fitCorrection(few, { isWithTrees: true })).toEqual({ correction: null, heldOut: new Float64Array(20) });
  });
});
