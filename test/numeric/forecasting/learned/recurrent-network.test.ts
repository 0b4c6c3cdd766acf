import { beforeAll, describe, expect, it } from 'vitest';
import { chooseDynamics, logDensity } from '../../../../src/ml/forecasting/learned/choose-dynamics.ts';
import {
  type DynamicsCandidate,
  personalCandidate,
  recurrentCandidate,
} from '../../../../src/ml/forecasting/learned/dynamics-candidate.ts';
import {
  exposureBetween,
  forecastChange,
  type RecurrentModel,
  recurrentStates,
} from '../../../../src/ml/forecasting/learned/recurrent-model.ts';
import { trainRecurrent } from '../../../../src/ml/forecasting/learned/train-recurrent.ts';
import { fitPopulation } from '../../../../src/ml/forecasting/personal/fit-population.ts';
import type { PatientSeries } from '../../../../src/ml/forecasting/personal/patient-series.ts';
import { mixtureMean } from '../../../../src/ml/forecasting/personal/predictive-mixture.ts';
import { CURVED, curvedPatients } from '../../../support/curved-patients.ts';

const [train, validation, test] = [curvedPatients(1, 60), curvedPatients(2, 30), curvedPatients(3, 30)];
const options = { seed: 3, epochs: 120, batch: 60, hidden: 12, learningRate: 0.02 };

/** Root mean square of relative errors of the next value, and of "no change". */
function nextErrors(candidate: DynamicsCandidate): { readonly error: number; readonly none: number } {
  let [squares, still, count] = [0, 0, 0];
  for (const series of test) {
    candidate.nextVisits(series).forEach(([distribution], index) => {
      const [now, next] = [series.visits[index]!.values['marker']!, series.visits[index + 1]!.values['marker']!];
      squares += ((mixtureMean(distribution!) - next) / now) ** 2;
      still += ((now - next) / now) ** 2;
      count += 1;
    });
  }
  return { error: Math.sqrt(squares / count), none: Math.sqrt(still / count) };
}

describe('a gated recurrent unit on relative change', () => {
  let model: RecurrentModel;
  beforeAll(async () => {
    model = await trainRecurrent(train, validation, CURVED, options);
  });

  it('forecasts the next value of patients that it has not seen much better than no change', () => {
    const { error, none } = nextErrors(recurrentCandidate('network', model));
    expect(error).toBeLessThan(0.6 * none);
  });

  it('forecasts no change at no distance, whatever is given', () => {
    const [series] = test;
    const state = recurrentStates(model, series!).at(-1)!;
    const change = (days: number): number => {
      const exposure = exposureBetween(model, state, [[]], state.day + days);
      return Math.abs(forecastChange(model, state, state.day + days, exposure).mean[0]!);
    };
    expect(change(1e-6)).toBeLessThan(1e-5);
    expect(change(1)).toBeGreaterThan(change(1e-6));
  });

  it('reads a past once: the states of a longer series begin with those of a shorter one', () => {
    const [series] = test;
    const short: PatientSeries = { ...series!, visits: series!.visits.slice(0, 7) };
    expect(recurrentStates(model, series!).slice(0, 7)).toEqual(recurrentStates(model, short));
  });

  it('lets a dose lower the forecast, and rolls out step by step to the same first step', () => {
    const candidate = recurrentCandidate('network', model);
    const series: PatientSeries = { ...test[0]!, visits: test[0]!.visits.slice(0, 10) };
    const today = 9;
    const past = { drug: series.treatments['drug']!.filter(({ fromDay }) => fromDay < today) };
    const dosed = { drug: [...past.drug, { fromDay: today, toDay: today, amount: 1 }] };
    const mean = (treatments: PatientSeries['treatments'], horizons: number[]): number[] =>
      candidate.forecast({ ...series, treatments }, horizons, treatments).map(([one]) => mixtureMean(one!));
    expect(mean(dosed, [1])[0]).toBeLessThan(mean(past, [1])[0]!);
    expect(mean(past, [1, 3])[0]).toBe(mean(past, [1])[0]);
    const [near, far] = candidate.forecast({ ...series, treatments: past }, [1, 6], past);
    expect(far![0]!.sds[0]! / mixtureMean(far![0]!)).toBeGreaterThan(near![0]!.sds[0]! / mixtureMean(near![0]!));
  });

  it('is the same for the same seed', async () => {
    const short = { ...options, epochs: 10 };
    expect(await trainRecurrent(train, validation, CURVED, short)).toEqual(
      await trainRecurrent(train, validation, CURVED, short),
    );
  });

  it('is compared with the personal model by the likelihood of validation patients, which prefers the law', () => {
    const declared = {
      ...CURVED,
      variables: [
        {
          ...CURVED.variables[0]!,
          features: [
            {
              kind: 'network' as const,
              inputs: [{ kind: 'state' as const, variable: 'marker', reference: 1.5, scale: -1 }],
              layers: [{ weights: [[1]], biases: [0] }],
            },
            { kind: 'carry-over' as const, treatment: 'drug' },
          ],
        },
      ],
    };
    const law = personalCandidate('law', fitPopulation(train, declared, { seed: 1 }).model);
    const network = recurrentCandidate('network', model);
    const choice = chooseDynamics([network, law], validation);
    expect(choice.chosen).toBe('law');
    expect(choice.likelihoods.map(({ candidate }) => candidate)).toEqual(['network', 'law']);
    expect(choice.likelihoods[1]!.logLikelihoodPerValue).toBeGreaterThan(choice.likelihoods[0]!.logLikelihoodPerValue);
    expect(choice.likelihoods[0]).toMatchObject({ patients: 30, values: 30 * 19 });
    expect(choice.reason).toContain('law');
    // Of two that are alike the first keeps its place.
    expect(chooseDynamics([law, { ...law, name: 'same' }], validation).chosen).toBe('law');
    expect(() => chooseDynamics([law], [{ ...test[0]!, visits: test[0]!.visits.slice(0, 1) }])).toThrow(/validation/i);
  });
});

describe('the density of a value', () => {
  it('integrates to 1 in the unit of the value, logarithm or not', () => {
    for (const isLogarithm of [false, true]) {
      const mixture = {
        isLogarithm,
        weights: Float64Array.of(0.3, 0.7),
        means: Float64Array.of(1, 1.5),
        sds: Float64Array.of(0.2, 0.4),
      };
      let sum = 0;
      for (let value = 0.0005; value < 40; value += 0.001) sum += 0.001 * Math.exp(logDensity(mixture, value));
      expect(sum).toBeCloseTo(1, 2);
    }
  });
});
