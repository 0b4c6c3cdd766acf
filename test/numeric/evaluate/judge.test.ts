import { describe, expect, it } from 'vitest';
import {
  boostingOnLags,
  carryForward,
  linearTrend,
  meanChange,
  ridgeOnLags,
} from '../../../evaluate/judge/baselines.ts';
import { overSeeds, ratioOverPatients } from '../../../evaluate/judge/bootstrap.ts';
import { addForecast, noErrors, totalErrors } from '../../../evaluate/judge/error-sums.ts';
import { judgeValues } from '../../../evaluate/judge/judge-values.ts';
import { questionValues } from '../../../evaluate/judge/judged-history.ts';
import { type JudgedCohort, questionsOf, type ValueForecaster } from '../../../evaluate/judge/question.ts';
import { shuffledForecasters } from '../../../evaluate/judge/shuffled.ts';
import { coverageError, coverageOf, errorRatio, type Judgement, meanError } from '../../../evaluate/judge/summary.ts';
import { valuePlots, valueReport } from '../../../evaluate/judge/value-report.ts';
import { randomStream } from '../../../src/ml/cohorts/random-stream.ts';
import type { CohortPatient } from '../../../src/ml/cohorts/readers/visit-table.ts';

const DAYS_PER_YEAR = 365.25;

/** One variable that returns to a level which a static tells, at half a year's distance, beside one that grows evenly in all. */
function cohortOf(count: number, seed: number): JudgedCohort {
  const patients = Array.from({ length: count }, (_, index): CohortPatient => {
    const random = randomStream(seed, index, 'judged');
    const group = Number(random.uniform() < 0.5);
    let level = 4 + 2 * group + random.normal();
    const visits = Array.from({ length: 8 }, (_visit, at) => {
      level += 0.5 * (4 + 2 * group - level) + 0.4 * random.normal();
      return {
        day: (at * DAYS_PER_YEAR) / 2,
        values: { marker: level, size: Math.exp(0.2 * at + 0.01 * random.normal()) },
      };
    });
    return { patient: `${seed}/${index}`, series: { statics: { group }, visits, treatments: {} } };
  });
  return {
    name: 'judged',
    patients,
    variables: [
      { key: 'marker', unit: '1', isLogarithmic: false },
      { key: 'size', unit: 'mL', isLogarithmic: true },
    ],
    statics: ['group'],
    treatments: [],
    longestDays: 2 * DAYS_PER_YEAR,
    horizonBins: [DAYS_PER_YEAR, 2 * DAYS_PER_YEAR],
    subgroupsOf: ({ series }) => [series.statics['group'] === 1 ? 'high' : 'low'],
  };
}

const cohort = cohortOf(160, 1);
const [train, validation, test] = [
  cohort.patients.slice(0, 90),
  cohort.patients.slice(90, 120),
  cohort.patients.slice(120),
];
const baselines = [
  carryForward(cohort),
  linearTrend(cohort),
  meanChange(cohort, train),
  ridgeOnLags(cohort, train, validation),
  boostingOnLags(cohort, train, validation),
];
const judged = (forecasters: readonly ValueForecaster[]): Judgement => ({
  errors: judgeValues(cohort, 1, test, forecasters),
  scales: { marker: 1.5, size: 1.2 },
});
const judgement = judged(baselines);
const mae = (subject: string, variable: string): number =>
  meanError(judgement, { subject, variable }, 'absolute').value;

describe('questions', () => {
  it('are put from every visit with one before it, about later visits within the horizon', () => {
    const questions = questionsOf(test[0]!, cohort.longestDays);
    expect(questions.map(({ series, targets }) => [series.visits.length, targets.length])).toEqual([
      [2, 4],
      [3, 4],
      [4, 4],
      [5, 3],
      [6, 2],
      [7, 1],
    ]);
    for (const { series, originDay, targets } of questions) {
      expect(series.visits.at(-1)!.day).toBe(originDay);
      expect(targets.every(({ day }) => day > originDay)).toBe(true);
    }
  });

  it('show tables of lags nothing of the future', () => {
    const [patient] = test;
    const [question] = questionsOf(patient!, cohort.longestDays);
    const changed = {
      ...patient!,
      series: {
        ...patient!.series,
        visits: patient!.series.visits.map((visit, at) =>
          at < 2 ? visit : { day: visit.day, values: { marker: 999, size: 999 } },
        ),
      },
    };
    const [other] = questionsOf(changed, cohort.longestDays);
    expect(questionValues(cohort, question!, 700)).toEqual(questionValues(cohort, other!, 700));
  });
});

describe('baselines', () => {
  it('are what they are called', () => {
    const line: CohortPatient = {
      patient: 'line',
      series: {
        statics: { group: 0 },
        visits: [0, 100, 200].map((day) => ({ day, values: { marker: 1 + day / 100, size: Math.exp(day / 1000) } })),
        treatments: {},
      },
    };
    const question = { patient: 'line', series: line.series, originDay: 200 };
    const values = (forecaster: ValueForecaster): (number | undefined)[] =>
      forecaster.answer(question, [400])[0]!.map((one) => one?.value);
    expect(values(baselines[0]!)).toEqual([3, Math.exp(0.2)]);
    expect(values(baselines[1]!)[0]).toBeCloseTo(5, 10);
    expect(values(baselines[1]!)[1]).toBeCloseTo(Math.exp(0.4), 8);
    // 0.4 a year on the logarithm, and no drift of the marker to speak of.
    expect(values(baselines[2]!)[1]).toBeCloseTo(Math.exp(0.2 + (0.4 * 200) / DAYS_PER_YEAR), 1);
    const missing = {
      ...question,
      series: {
        ...line.series,
        visits: line.series.visits.map(({ day, values }) => ({ day, values: { size: values['size']! } })),
      },
    };
    expect(baselines[0]!.answer(missing, [400])[0]![0]).toBeNull();
  });

  it('that learn see a return to a level where the last value does not, and steady growth where it is steady', () => {
    for (const learned of ['ridge', 'gradient boosting']) {
      expect(mae(learned, 'marker')).toBeLessThan(0.85 * mae('last value', 'marker'));
      expect(mae(learned, 'size')).toBeLessThan(0.5 * mae('last value', 'size'));
    }
    expect(mae('linear trend', 'marker')).toBeGreaterThan(mae('last value', 'marker'));
    expect(mae('mean change', 'size')).toBeLessThan(0.2 * mae('last value', 'size'));
  });

  it('asked with the statics of another do worse, where statics matter', () => {
    const ridge = baselines[3]!;
    const shuffled = shuffledForecasters(ridge, test, 1, { statics: true, treatments: false });
    expect(shuffled.map(({ subject }) => subject)).toEqual(['ridge, statics of another']);
    const { value, low } = errorRatio(
      judged([ridge, ...shuffled]),
      { subject: 'ridge, statics of another', variable: 'marker' },
      'ridge',
      'absolute',
    );
    expect(value).toBeGreaterThan(1.02);
    expect(low).toBeGreaterThan(0.98);
  });
});

describe('measures', () => {
  it('are those of their definitions', () => {
    const sums = noErrors();
    const intervals = [
      [1, 3],
      [0, 4],
      [-1, 5],
      [-2, 6],
    ] as const;
    addForecast(sums, { value: 2, intervals, declineReason: null }, 3.5);
    addForecast(sums, { value: 2, intervals: null, declineReason: 'no skill' }, 0);
    expect(sums).toMatchObject({
      forecasts: 2,
      absolute: 3.5,
      squared: 6.25,
      declined: 1,
      distributions: 1,
      covered: [0, 1, 1, 1],
      width: 6,
    });
    // Trapezoidal weights .2, .1, .0375, .025 on the ends and .25 on the median, by hand.
    const ends = 0.2 * (0.25 * 2 + 0.5) + 0.1 * (0.1 * 4) + 0.0375 * (0.05 * 6) + 0.025 * (0.025 * 8);
    expect(sums.crps).toBeCloseTo(2 * ends + 0.25 * 1.5, 12);
    expect(totalErrors([sums, sums])).toMatchObject({ forecasts: 4, covered: [0, 2, 2, 2] });
  });

  it('CRPS falls as intervals of the right normal distribution come to fit', () => {
    const random = randomStream('crps');
    const z = [0.6745, 1.2816, 1.6449, 1.96];
    const scoreOf = (spread: number): number => {
      const sums = noErrors();
      for (let k = 0; k < 4000; k += 1) {
        addForecast(
          sums,
          { value: 0, intervals: z.map((one) => [-spread * one, spread * one] as const), declineReason: null },
          random.normal(),
        );
      }
      return sums.crps / 4000;
    };
    const [narrow, right, wide] = [0.3, 1, 3].map(scoreOf);
    expect(right).toBeLessThan(narrow!);
    expect(right).toBeLessThan(wide!);
    // The exact CRPS of a standard normal forecast of standard normal values is 1 / sqrt(pi).
    expect(right).toBeCloseTo(1 / Math.sqrt(Math.PI), 1);
  });

  it('are compared in pairs: a bootstrap over patients is narrow where two err together', () => {
    const random = randomStream('paired');
    const hard = Array.from({ length: 200 }, () => Math.exp(2 * random.normal()));
    const { value, low, high } = ratioOverPatients(
      hard.map((one) => 0.9 * one),
      hard,
    );
    expect([value, low, high].map((one) => Number(one.toFixed(9)))).toEqual([0.9, 0.9, 0.9]);
    const mean = ratioOverPatients(
      hard,
      hard.map(() => 1),
    );
    expect(mean.high - mean.low).toBeGreaterThan(0.2 * mean.value);
    expect(
      ratioOverPatients(
        hard,
        hard.map(() => 1),
      ),
    ).toEqual(mean);
    expect(overSeeds([1, 2, 3])).toEqual({ mean: 2, sd: 1 });
  });
});

describe('the report', () => {
  const perfect: ValueForecaster = {
    subject: 'twin',
    answer: ({ patient }, days) => {
      const { visits } = test.find((one) => one.patient === patient)!.series;
      return days.map((day) =>
        cohort.variables.map(({ key }) => {
          const value = visits.find((visit) => visit.day === day)!.values[key]!;
          return {
            value,
            intervals: [1, 2, 3, 4].map((width) => [value - width, value + width] as const),
            declineReason: null,
          };
        }),
      );
    },
  };
  const shy: ValueForecaster = {
    subject: 'twin',
    answer: (question, days) =>
      baselines[0]!
        .answer(question, days)
        .map((all) => all.map((one) => ({ ...one!, declineReason: 'no skill was shown' }))),
  };
  const reportOf = (twin: ValueForecaster) => {
    const run = {
      cohort,
      judgement: judged([...baselines, twin]),
      seeds: [1],
      subjects: [...baselines.map(({ subject }) => subject), 'twin'],
      subgroups: ['high', 'low'],
      notes: [],
    };
    return { report: valueReport(run), plots: valuePlots(run) };
  };

  it('meets what a perfect forecaster meets, and misses coverage that is not as stated', () => {
    const { report, plots } = reportOf(perfect);
    const errors = report.targets.filter(({ name }) => name.includes('MAE') || name.includes('RMSE'));
    expect(errors).toHaveLength(4);
    expect(errors.every(({ met, value }) => met && value === 0)).toBe(true);
    const coverage = report.targets.filter(({ name }) => !errors.some((one) => one.name === name));
    expect(coverage.map(({ met, value }) => [met, value])).toEqual([
      [false, 50],
      [false, 50],
    ]);
    expect(report.rows.every(({ value }) => Number.isFinite(value))).toBe(true);
    expect(plots).toMatch(/^<svg [^]*<\/svg>\n$/);
    expect(plots).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('says where the twin declined, and prints what it misses', () => {
    const { report } = reportOf(shy);
    expect(report.targets.filter(({ name }) => name.includes('declined 100 %'))).toHaveLength(4);
    const behind = reportOf({ ...baselines[0]!, subject: 'twin' }).report.targets.filter(({ met }) => !met);
    expect(behind.length).toBeGreaterThanOrEqual(4);
    expect(behind[0]!.value).toBeGreaterThan(1);
    // One that tells no intervals covers nothing.
    expect(behind.find(({ name }) => name.startsWith('coverage'))?.value).toBeNaN();
  });

  it('counts coverage', () => {
    const own = judged([perfect]);
    expect(coverageOf(own, { subject: 'twin' })).toEqual(
      Array.from({ length: 4 }, () => ({ value: 1, low: 1, high: 1 })),
    );
    expect(coverageError([0.5, 0.8, 0.9, 0.99].map((value) => ({ value })))).toBeCloseTo(4, 9);
    expect(coverageOf(judgement, { subject: 'ridge' })).toBeNull();
  });
});
