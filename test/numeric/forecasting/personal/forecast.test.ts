import { beforeAll, describe, expect, it } from 'vitest';
import { randomStream } from '../../../../src/ml/cohorts/random-stream.ts';
import { choleskyFactor } from '../../../../src/ml/forecasting/personal/cholesky.ts';
import { doseResponse } from '../../../../src/ml/forecasting/personal/dose-response.ts';
import { fitPopulation } from '../../../../src/ml/forecasting/personal/fit-population.ts';
import type { PatientSeries } from '../../../../src/ml/forecasting/personal/patient-series.ts';
import { forecastValues, predictionInterval } from '../../../../src/ml/forecasting/personal/personal-forecast.ts';
import { type PersonalPosterior, startPosterior } from '../../../../src/ml/forecasting/personal/personal-posterior.ts';
import type { PopulationModel } from '../../../../src/ml/forecasting/personal/population-model.ts';
import { mixtureCdf, mixtureQuantile } from '../../../../src/ml/forecasting/personal/predictive-mixture.ts';
import { scenarioOverlap } from '../../../../src/ml/forecasting/personal/scenario-overlap.ts';
import { posteriorOf } from '../../../../src/ml/forecasting/personal/update-posterior.ts';
import { normalCdf, normalQuantile } from '../../../../src/ml/normal-distribution.ts';
import { COUPLED_SPEC, coupledPatients } from './simulated-patients.ts';

let model: PopulationModel;
let patients: PatientSeries[];
let posterior: PersonalPosterior;
let lastDay: number;
beforeAll(() => {
  ({ model } = fitPopulation(coupledPatients(200, 5), COUPLED_SPEC, { seed: 4, rounds: 30 }));
  patients = coupledPatients(150, 77, { visits: 9, missing: 0 });
  ({ posterior } = posteriorOf(model, patients[0]!));
  lastDay = patients[0]!.visits.at(-1)!.day;
});

const given = (day: number, amount: number) => ({ drug: [{ fromDay: day, toDay: day, amount }] });

describe('a forecast', () => {
  it('is the last value at no distance, exactly', () => {
    const [now] = forecastValues(model, posterior, { horizonsDays: [0, 10], treatments: {} });
    const { values } = patients[0]!.visits.at(-1)!;
    expect(now!.values['x']!.mean).toBe(values['x']);
    expect(now!.values['y']!.median).toBe(values['y']);
    expect(predictionInterval(now!.values['x']!, 0.95)).toEqual([values['x'], values['x']]);
  });

  it('has the same bytes under a plan of nothing as without a plan, and again', () => {
    const plain = JSON.stringify(forecastValues(model, posterior, { horizonsDays: [30, 90], treatments: {} }));
    const nothing = { horizonsDays: [30, 90], treatments: given(lastDay + 5, 0) };
    expect(JSON.stringify(forecastValues(model, posterior, nothing))).toBe(plain);
    expect(JSON.stringify(forecastValues(model, posterior, { horizonsDays: [30, 90], treatments: {} }))).toBe(plain);
  });

  it('falls with the dose all the way, where the floor is met too', () => {
    const [x, y] = model.spec.variables;
    const first = { ...patients[0]!, visits: patients[0]!.visits.slice(0, 1), treatments: {} };
    const last = first.visits[0]!.values['x']!;
    const near = { ...x!, floor: last / 3, plausible: [1e-6, 1e6] as const };
    const floored = { ...model, spec: { ...model.spec, variables: [near, y!] } };
    const medians = Array.from({ length: 40 }, (_, dose) => {
      const plan = { horizonsDays: [model.stepDays], treatments: given(1, 25 * dose) };
      return forecastValues(floored, posteriorOf(floored, first).posterior, plan)[0]!.values['x']!.median;
    });
    expect(medians.at(-1)).toBeLessThan(last / 10);
    medians.slice(1).forEach((median, dose) => expect(median).toBeLessThanOrEqual(medians[dose]!));
  });

  it('never goes against the direction that an effect is declared to have', () => {
    const [x, y] = model.spec.variables;
    const lowering = { kind: 'carry-over', treatment: 'drug', direction: 'lowers' } as const;
    const directed = {
      ...model,
      spec: { ...model.spec, variables: [{ ...x!, features: [x!.features[0]!, lowering] }, y!] },
    };
    const days = [0, 30, 60, 90, 120];
    const raised = {
      statics: { group: 0 },
      visits: days.map((day, at) => ({ day, values: { x: 10 * Math.exp(at * (at % 2)), y: 50 } })),
      treatments: { drug: [0, 60].map((day) => ({ fromDay: day, toDay: day, amount: 400 })) },
    };
    const medians = (of: PopulationModel, series: PatientSeries): number[] =>
      [0, 100, 200, 300, 400].map((dose) => {
        const { posterior: own } = posteriorOf(of, series);
        const plan = { horizonsDays: [30], treatments: { drug: [{ fromDay: 121, toDay: 121, amount: dose }] } };
        return forecastValues(of, own, plan)[0]!.values['x']!.median;
      });
    const isRising = (all: readonly number[]) => all.slice(1).every((one, index) => one > all[index]!);
    expect(isRising(medians(model, raised))).toBe(true);
    expect(new Set(medians(directed, raised)).size).toBe(1);
    // Whom the drug clearly lowers is forecast as before, to the last bit.
    expect(medians(directed, patients[0]!)).toEqual(medians(model, patients[0]!));
  });

  it('does not depend on which other horizons are asked for, but for the cut of its steps', () => {
    const both = forecastValues(model, posterior, { horizonsDays: [32.5, 65], treatments: {} });
    const alone = forecastValues(model, posterior, { horizonsDays: [65], treatments: {} });
    expect(both[1]!.values['y']!.mean).toBeCloseTo(alone[0]!.values['y']!.mean, 1);
  });

  it('agrees with sampling: mean, spread and tails, the coupling of the variables included', () => {
    const horizon = 3 * model.stepDays;
    const treatments = given(lastDay + 10, 150);
    const [forecast] = forecastValues(model, posterior, { horizonsDays: [horizon], treatments });
    const samples = sampled(horizon, 150, 10, 20_000);
    (['x', 'y'] as const).forEach((key) => {
      const own = samples.map((one) => one[key]).sort((a, b) => a - b);
      const mean = own.reduce((sum, value) => sum + value / own.length, 0);
      const sd = Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2 / own.length, 0));
      expect(Math.abs(forecast!.values[key]!.mean - mean)).toBeLessThan(0.05 * sd);
      for (const level of [0.5, 0.9]) {
        const [low, high] = predictionInterval(forecast!.values[key]!, level);
        const inside = own.filter((value) => value >= low && value <= high).length / own.length;

        expect(Math.abs(inside - level)).toBeLessThan(0.012);
      }
    });
  });

  /** Effects drawn from the posterior, noise from the process, walked in steps as long as the model's. */
  function sampled(horizon: number, amount: number, afterDays: number, count: number) {
    const random = randomStream(1, 'sampling');
    const factor = choleskyFactor(
      Float64Array.from({ length: 16 }, (_, at) => posterior.covariances[Math.floor(at / 4) * 6 + (at % 4)]!),
      4,
    )!;
    const decay = Math.LN2 / model.halfLivesDays[0]!;
    return Array.from({ length: count }, () => {
      const z = Array.from({ length: 4 }, () => random.normal());
      const effects = Array.from(
        { length: 4 },
        (_, a) => posterior.means[a]! + z.reduce((sum, one, b) => sum + factor[a * 4 + b]! * one, 0),
      );
      let [x, y, pool] = [posterior.levels[0]!, posterior.levels[1]!, posterior.open.pools[0]!];
      for (let step = 0; step < 3; step += 1) {
        const days = horizon / 3;
        const isGiven = afterDays >= step * days && afterDays < (step + 1) * days;
        const left =
          pool * Math.exp(-decay * days) +
          (isGiven ? (amount / 100) * Math.exp(-decay * ((step + 1) * days - afterDays)) : 0);
        const acting = pool + (isGiven ? amount / 100 : 0) - left;
        pool = left;
        const noise = (v: number): number => {
          const share = model.measurementShares[v]!;
          return (
            Math.sqrt(model.prior.noiseVariances[v]! * (share + (1 - share) * (days / model.referenceDays[v]!))) *
            random.normal()
          );
        };
        const dx = effects[0]! * (days / 30) + effects[1]! * acting + noise(0);
        const dy = (effects[2]! + effects[3]! * Math.log(x / 10)) * (days / 30) + noise(1);
        [x, y] = [x * Math.exp(dx), y + 10 * dy];
      }
      return { x, y };
    });
  }

  it('holds what comes as often as its intervals say, and is closer than no change', () => {
    const inside = [0, 0];
    let [own, none] = [0, 0];
    for (const patient of patients) {
      const past = { ...patient, visits: patient.visits.slice(0, -1) };
      const target = patient.visits.at(-1)!;
      const horizon = target.day - past.visits.at(-1)!.day;
      const [forecast] = forecastValues(model, posteriorOf(model, past).posterior, {
        horizonsDays: [horizon],
        treatments: patient.treatments,
      });
      for (const key of ['x', 'y'] as const) {
        const truth = target.values[key]!;
        [0.5, 0.9].forEach((level, k) => {
          const [low, high] = predictionInterval(forecast!.values[key]!, level);
          inside[k]! += Number(truth >= low && truth <= high);
        });
        own += ((forecast!.values[key]!.mean - truth) / forecast!.values[key]!.last) ** 2;
        none += ((forecast!.values[key]!.last - truth) / forecast!.values[key]!.last) ** 2;
      }
    }
    // 300 values: three standard errors of a coverage of 0.5 are 0.087.
    expect(Math.abs(inside[0]! / 300 - 0.5)).toBeLessThan(0.09);
    expect(Math.abs(inside[1]! / 300 - 0.9)).toBeLessThan(0.055);
    expect(own).toBeLessThan(0.5 * none);
  });
});

describe('a forecast at the edge', () => {
  it('of a patient with one visit is the population, with wider intervals', () => {
    const { posterior: one } = posteriorOf(model, { ...patients[0]!, visits: patients[0]!.visits.slice(-1) });
    const width = (of: PersonalPosterior): number => {
      const [forecast] = forecastValues(model, of, { horizonsDays: [60], treatments: {} });
      const [low, high] = predictionInterval(forecast!.values['x']!, 0.9);
      return Math.log(high / low);
    };
    expect(width(one)).toBeGreaterThan(1.1 * width(posterior));
  });

  it('of a variable that was never measured is none, and of nothing at all is refused', () => {
    const onlyX = {
      ...patients[0]!,
      visits: patients[0]!.visits.map(({ day, values }) => ({ day, values: { x: values['x']! } })),
    };
    const [forecast] = forecastValues(model, posteriorOf(model, onlyX).posterior, {
      horizonsDays: [30],
      treatments: {},
    });
    expect(forecast!.values['y']).toBeNull();
    expect(forecast!.values['x']).not.toBeNull();
    const { posterior: nothing } = posteriorOf(model, { ...patients[0]!, visits: [{ day: 0, values: { x: NaN } }] });
    expect(() => forecastValues(model, nothing, { horizonsDays: [30], treatments: {} })).toThrow(
      /Nothing has been measured/,
    );
    expect(() => forecastValues(model, startPosterior(model, {}), { horizonsDays: [30], treatments: {} })).toThrow(
      /Nothing/,
    );
  });

  it('over thirty years stays within what is plausible, with finite intervals', () => {
    const [forecast] = forecastValues(model, posterior, { horizonsDays: [30 * 365.25], treatments: {} });
    for (const one of Object.values(forecast!.values)) {
      const [low, high] = predictionInterval(one!, 0.95);
      for (const value of [one!.mean, one!.median, low, high]) {
        expect(value).toBeGreaterThanOrEqual(one!.plausible[0]);
        expect(value).toBeLessThanOrEqual(one!.plausible[1]);
      }
      expect(low).toBeLessThanOrEqual(high);
    }
  });

  it.each([[[-1]], [[NaN]], [[30, 30]], [[60, 30]], [[200_000]], [[Infinity]]])(
    'refuses the horizons %j',
    (horizonsDays) => {
      expect(() => forecastValues(model, posterior, { horizonsDays, treatments: {} })).toThrow(/Horizons must be days/);
    },
  );
});

describe('dose-response', () => {
  it('falls with the dose, has the forecast without any at nothing, and is surer of this patient than of others', () => {
    const curves = doseResponse(
      model,
      posterior,
      { horizonDays: 60, treatments: given(lastDay + 1, 50) },
      'drug',
      [0, 1, 2, 4],
    );
    const x = curves.find(({ variable }) => variable === 'x')!.points;
    for (let k = 1; k < x.length; k += 1) expect(x[k]!.patient.value).toBeLessThan(x[k - 1]!.patient.value);
    for (const { patient, population } of x) {
      expect(patient.low).toBeLessThan(patient.value);
      expect(patient.high).toBeGreaterThan(patient.value);
      expect(Math.log(patient.high / patient.low)).toBeLessThan(Math.log(population.high / population.low));
    }
    const [plain] = forecastValues(model, posterior, { horizonsDays: [60], treatments: {} });
    // The mean of a logarithmic distribution has the noise in it; the expectation given the effects has not.
    expect(x[0]!.patient.value / plain!.values['x']!.mean).toBeGreaterThan(0.98);
    expect(x[0]!.patient.value / plain!.values['x']!.mean).toBeLessThanOrEqual(1);
  });

  it('refuses an unknown treatment, a negative dose and no time', () => {
    const plan = { horizonDays: 60, treatments: {} };
    expect(() => doseResponse(model, posterior, plan, 'tonic', [1])).toThrow(/tonic is not among/);
    expect(() => doseResponse(model, posterior, plan, 'drug', [-1])).toThrow(/amountsPerDay\[0\]/);
    expect(() => doseResponse(model, posterior, { ...plan, horizonDays: 0 }, 'drug', [1])).toThrow(/horizonDays/);
  });
});

describe('the overlap of a scenario', () => {
  it('is inside for what patients go through', () => {
    const outside = patients.filter((patient) => {
      const past = { ...patient, visits: patient.visits.slice(0, 5) };
      const horizonDays = patient.visits[8]!.day - patient.visits[4]!.day;
      const { treatments } = patient;
      return scenarioOverlap(model, posteriorOf(model, past).posterior, { horizonDays, treatments }).isOutside;
    });
    expect(outside.length).toBeLessThan(0.06 * patients.length);
  });

  it('is outside for a dose that nobody was given, and says so in words', () => {
    const much = {
      drug: Array.from({ length: 30 }, (_, k) => ({ fromDay: lastDay + k, toDay: lastDay + k, amount: 300 })),
    };
    const overlap = scenarioOverlap(model, posterior, { horizonDays: 30, treatments: much }, (key) =>
      key === 'drug' ? 'The drug' : key,
    );
    expect(overlap.isOutside).toBe(true);
    expect(overlap.quantile).toBe(1);
    expect(overlap.reason).toMatch(/^The drug of \d+ at work per day lies outside of 0 to [\d.]+, where 99 %/);
  });

  it('grows with the dose', () => {
    const quantile = (amount: number): number =>
      scenarioOverlap(model, posterior, { horizonDays: 30, treatments: given(lastDay + 1, amount) }).quantile;
    expect(quantile(400)).toBeGreaterThan(quantile(100));
    expect(quantile(3000)).toBe(1);
  });
});

describe('distributions', () => {
  it('have quantiles that invert them, in both tails', () => {
    const mixture = {
      isLogarithm: true,
      weights: Float64Array.of(0.3, 0.7),
      means: Float64Array.of(-1, 2),
      sds: Float64Array.of(0.5, 1),
    };
    for (const p of [0.001, 0.025, 0.3, 0.5, 0.9, 0.999]) {
      expect(mixtureCdf(mixture, mixtureQuantile(mixture, p))).toBeCloseTo(p, 9);
      expect(normalCdf(normalQuantile(p))).toBeCloseTo(p, 13);
    }
    expect(normalCdf(-5) / 2.866515718791946e-7).toBeCloseTo(1, 9);
    expect(normalCdf(-8.5) / 9.479534822203355e-18).toBeCloseTo(1, 7);
  });
});
