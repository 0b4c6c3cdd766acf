import { beforeAll, describe, expect, it } from 'vitest';
import { questionOf, simulateCohort } from '../../../evaluate/tumour-baselines/cohort-patient.ts';
import { personal } from '../../../src/ml/forecasting/personal-method.ts';
import { learnPopulation } from '../../../src/ml/forecasting/learned-population.ts';
import { seriesOf } from '../../../src/ml/forecasting/personal-dynamics.ts';
import type { ShippedModel } from '../../../src/ml/forecasting/shipped-model.ts';
import type { ForecastInput, ForecastOutput } from '../../../src/twins/forecast.ts';

const OTHERS = 30;
const PATIENTS = 40;
const all = simulateCohort({ seed: 51, patients: OTHERS + PATIENTS, withImages: false });
/** Whom forecasts are about; the others are learned from, once for all of them. */
const cohort = all.slice(OTHERS);
const DAY_MS = 86_400_000;
const SCORED_DAYS = 14;
let records: Uint8Array[];
beforeAll(() => {
  records = all.slice(0, OTHERS).map(({ history }) => personal.summarise(history)!);
});

const ask = (position: number, days = SCORED_DAYS): ForecastInput =>
  questionOf(cohort[position]!, days, cohort[position]!.dosesAfter(days), records);
const planned = (input: ForecastInput, amounts: Record<string, number>): ForecastInput => ({
  ...input,
  plannedExposures: { ...input.plannedExposures, ...amounts },
  course: {
    ...input.course,
    doses: [
      ...input.course.doses.filter(({ fromDay }) => fromDay < 0),
      ...Object.entries({ ...input.plannedExposures, ...amounts }).map(([treatment, amount]) => ({
        treatment,
        fromDay: 0,
        toDay: input.horizonDays,
        amount,
        knownAtMs: 0,
      })),
    ],
  },
});
const cea = (output: ForecastOutput) => output.values['carcinoembryonicAntigen']!;

describe('forecasts of a simulated cohort', () => {
  it('are closer than no change, as they say, and their intervals hold', () => {
    let [error, noChange, stated] = [0, 0, 0];
    const inside = [0, 0, 0, 0];
    cohort.forEach((patient, position) => {
      const { values } = personal.forecast(ask(position));
      const answer = values['carcinoembryonicAntigen']!;
      const truths = patient.truthAfter(SCORED_DAYS).values;
      const truth = truths['carcinoembryonicAntigen']!;
      const last = patient.history.visits.at(-1)!.values['carcinoembryonicAntigen']!;
      expect(answer.declineReason).toBeNull();
      error += (answer.value - truth) ** 2;
      noChange += (last - truth) ** 2;
      stated += answer.skill.skill! / PATIENTS;
      for (const [key, { intervals }] of Object.entries(values)) {
        intervals!.forEach(({ low, high }, index) => {
          inside[index]! += Number(truths[key]! >= low && truths[key]! <= high) / (3 * PATIENTS);
        });
      }
    });
    expect(1 - error / noChange).toBeGreaterThan(0.5);
    expect(stated).toBeLessThan(1 - error / noChange + 0.15);
    // Calibrated on 30 patients and tried on 40: two standard errors of a coverage of 0.9 are 0.14 for one variable.
    expect(inside[2]).toBeGreaterThan(0.8);
    expect(inside[0]).toBeGreaterThan(0.36);
    expect(inside[0]).toBeLessThan(0.7);
  });

  it('give wider intervals for a higher coverage, around the value', () => {
    const { value, intervals } = cea(personal.forecast(ask(0)));
    expect(intervals!.map(({ coverage }) => coverage)).toEqual([0.5, 0.8, 0.9, 0.95]);
    for (const { low, high } of intervals!) {
      expect(low).toBeLessThan(value);
      expect(high).toBeGreaterThan(value);
    }
    const widths = intervals!.map(({ low, high }) => high - low);
    expect(widths).toEqual(widths.toSorted((a, b) => a - b));
  });

  it('fall with the dose, continuously, and so do their dose-response curves', () => {
    const amounts = [0, 37.5, 75, 150];
    const values = amounts.map((chemotherapy) => cea(personal.forecast(planned(ask(3), { chemotherapy }))).value);
    values.slice(1).forEach((value, index) => expect(value).toBeLessThan(values[index]!));
    const { doseResponses } = personal.forecast(ask(3));
    const curve = doseResponses!.find(
      ({ treatment, variable }) => treatment === 'chemotherapy' && variable === 'carcinoembryonicAntigen',
    )!;
    expect(curve.points[0]!.amountPerDay).toBe(0);
    curve.points.slice(1).forEach((point, index) => {
      expect(point.value).toBeLessThan(curve.points[index]!.value);
      expect(point.low).toBeLessThan(point.value);
      expect(point.high).toBeGreaterThan(point.value);
    });
  });

  it('flag a plan that nobody was given, and say what is unusual about it', () => {
    expect(personal.forecast(ask(3)).overlap).toMatchObject({ isOutside: false, reason: null });
    const { overlap } = personal.forecast(planned(ask(3), { radiotherapy: 14 * 8 }));
    expect(overlap).toMatchObject({ isOutside: true });
    expect(overlap!.reason).toMatch(/Radiotherapy/);
  });

  it('start from an assumed value without changing what is believed of the patient', () => {
    const input = ask(3);
    const { value } = input.valueOrigins['carcinoembryonicAntigen']!;
    const doubled = {
      ...input,
      valueOrigins: {
        ...input.valueOrigins,
        carcinoembryonicAntigen: { ...input.valueOrigins['carcinoembryonicAntigen']!, value: 2 * value },
      },
    };
    const [plain, assumed] = [personal.forecast(input), personal.forecast(doubled)];
    expect(cea(assumed).value / cea(plain).value).toBeGreaterThan(1.5);
    expect(cea(assumed).value / cea(plain).value).toBeLessThan(2.5);
    expect(assumed.posterior!.bytes).toEqual(plain.posterior!.bytes);
  });
});

describe('what is believed of a patient', () => {
  const untilDay = (input: ForecastInput, day: number): ForecastInput => ({
    ...input,
    course: {
      ...input.course,
      measurements: input.course.measurements.filter((one) => one.day <= day),
    },
  });

  it('is narrower than the population and grows with every visit', () => {
    const input = ask(5);
    const widths = [-28, -14, 0].map((day) => {
      const { effects, intervals } = personal.forecast(untilDay(input, day)).posterior!.summary;
      const one = effects.find(
        ({ variable, feature }) => variable === 'carcinoembryonicAntigen' && feature === 'Change by itself',
      )!;
      expect(one.standardDeviation).toBeLessThan(one.populationStandardDeviation);
      return { sd: one.standardDeviation, intervals };
    });
    expect(widths[1]!.sd).toBeLessThan(widths[0]!.sd);
    expect(widths[2]!.sd).toBeLessThan(widths[1]!.sd);
    expect(widths[2]!.intervals).toBeGreaterThan(widths[0]!.intervals);
  });

  it('is rebuilt to the same bytes, in whatever order the record is read', () => {
    const input = ask(5);
    const shuffled = {
      ...input,
      course: { ...input.course, doses: input.course.doses.toReversed() },
      population: input.population.toReversed(),
    };
    expect(personal.forecast(shuffled).posterior!.bytes).toEqual(personal.forecast(input).posterior!.bytes);
  });
});

describe('with too few others', () => {
  it('every value is declined for that reason, and no interval is made up', () => {
    const { values, overlap } = personal.forecast({ ...ask(0), population: records.slice(1, 2) });
    for (const { value, declineReason, intervals } of Object.values(values)) {
      expect(declineReason).toMatch(/0 other patients/);
      expect(intervals).toEqual([]);
      expect(Number.isFinite(value)).toBe(true);
    }
    expect(overlap).toBeUndefined();
  });

  it('others who became known later do not count', () => {
    const early = { ...ask(0), populationAsOfMs: Date.UTC(2024, 0, 1) - DAY_MS };
    expect(cea(personal.forecast(early)).declineReason).toMatch(/0 other patients/);
  });
});

describe('with a model that was shipped', () => {
  const shippedModel = (): ShippedModel => ({
    sha256: 's'.repeat(64),
    learnedFrom: 'thirty simulated patients',
    learned: learnPopulation(
      all.slice(0, OTHERS).map(({ history }) => history.course),
      ask(0).dynamics,
      { seed: 1 },
    )!,
  });
  const others = (count: number): Uint8Array[] => all.slice(-count).map(({ history }) => personal.summarise(history)!);

  it('too few others are stood in for by it, and the answer says so', () => {
    const { caveats, values } = personal.forecast({ ...ask(0), population: others(1) }, shippedModel());
    expect(caveats[0]).toMatch(/Only 1 other patients are known here.*learned from thirty simulated patients/);
    expect(values['carcinoembryonicAntigen']).toMatchObject({ declineReason: null, skill: { patients: OTHERS } });
  });

  it('few others are answered by it where it does better on them, with the skill that it showed on them', () => {
    const { caveats, values } = personal.forecast({ ...ask(0), population: others(12) }, shippedModel());
    expect(caveats[0]).toMatch(/did better on the 12 other patients known here/);
    expect(values['carcinoembryonicAntigen']!.skill.patients).toBe(12);
  });

  it('many others need it no longer, unless it is about patients like them', () => {
    const shipped = shippedModel();
    const { model } = shipped.learned;
    const means = model.prior.means.map((mean) => 5 * mean + 1);
    const unlike = {
      ...shipped,
      learned: { ...shipped.learned, model: { ...model, prior: { ...model.prior, means } } },
    };
    const { caveats } = personal.forecast({ ...ask(0), population: others(25) }, unlike);
    expect(caveats.filter((caveat) => caveat.includes('learned from'))).toEqual([]);
  });
});

describe('a course as the personal layer reads it', () => {
  const measured = (variable: string, day: number, value: number) => ({ variable, day, value, knownAtMs: 0 });
  const dynamics = {
    statics: [
      { kind: 'category', key: 'gender', levels: ['female', 'male'] },
      { kind: 'number', key: 'age', centre: 60, scale: 10 },
    ],
  } as const;

  it('has one visit where blood was drawn before the weighing, and two where a value was measured twice', () => {
    const { visits } = seriesOf(
      {
        measurements: [
          measured('a', 6.9, 1),
          measured('b', 7, 2),
          measured('a', 7.1, 3),
          measured('b', 14, 4),
          measured('a', 14.2, 5),
        ],
        doses: [],
        statics: {},
      },
      { statics: [] },
    );
    expect(visits).toEqual([
      { day: 7, values: { a: 1, b: 2 } },
      { day: 7.1, values: { a: 3 } },
      { day: 14.2, values: { b: 4, a: 5 } },
    ]);
  });

  it('knows a category by its place, and an undeclared one not at all', () => {
    const statics = (given: Record<string, string | number>) =>
      seriesOf({ measurements: [], doses: [], statics: given }, { statics: [...dynamics.statics] } as never).statics;
    expect(statics({ gender: 'male', age: 50 })).toEqual({ gender: 1, age: 50 });
    expect(statics({ gender: 'other', age: 'old' })).toEqual({});
  });
});
