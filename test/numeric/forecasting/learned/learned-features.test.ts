import { beforeAll, describe, expect, it } from 'vitest';
import * as tf from '../../../../src/ml/engine/tensorflow.ts';
import { randomStream } from '../../../../src/ml/cohorts/random-stream.ts';
import { startingValues } from '../../../../src/ml/forecasting/image/layers.ts';
import {
  featureBatchSpecs,
  featureNetworkParameters,
  negativeEvidence,
} from '../../../../src/ml/forecasting/learned/effect-evidence.ts';
import { type LearnedFeatures, trainFeatures } from '../../../../src/ml/forecasting/learned/train-features.ts';
import { fitPopulation } from '../../../../src/ml/forecasting/personal/fit-population.ts';
import { checkSpec, type PersonalSpec } from '../../../../src/ml/forecasting/personal/personal-spec.ts';
import { choleskyFactor, solveSymmetric } from '../../../../src/ml/forecasting/personal/cholesky.ts';
import { CURVED, curvedPatients } from '../../../support/curved-patients.ts';

describe('the evidence of a patient', () => {
  it('is the density of all changes under the Gaussian with the effects integrated out', () => {
    const shape = {
      variables: 2,
      inputs: 3,
      hidden: 4,
      features: 2,
      offsets: 1,
      treatments: 0,
      patients: 3,
      intervals: 5,
    };
    const random = randomStream('evidence');
    const parameters = featureNetworkParameters(shape);
    const values = Object.fromEntries(
      Object.entries(startingValues(parameters, 3)).map(([name, array]) => [
        name,
        array.map((one) => one + 0.2 * random.normal()),
      ]),
    );
    const tensors = Object.fromEntries(
      Object.entries(parameters).map(([name, one]) => [name, tf.tensor(values[name]!, [...one.shape])]),
    );
    const batch = Object.fromEntries(
      Object.entries(featureBatchSpecs(shape)).map(([name, one]) => {
        const size = one.shape.reduce((product, side) => product * side, 1);
        const draw = (): number => {
          if (name === 'present') return Number(random.uniform() < 0.8);
          return name === 'lengths' || name === 'durations' ? random.between(0.5, 2) : random.normal();
        };
        return [name, tf.tensor(Float32Array.from({ length: size }, draw), one.shape)];
      }),
    );
    const found = negativeEvidence(shape, tensors, batch).dataSync()[0]!;

    // The same from the definition: y ~ N(F m, s2 H + F S F'), in double precision.
    const plain = (name: string): Float32Array => batch[name]!.dataSync() as Float32Array;
    const p = values;
    let [log, told] = [0, 0];
    for (let v = 0; v < 2; v += 1) {
      const noise = Math.exp(2 * p['logNoise']![v]!);
      const share = 1 / (1 + Math.exp(-p['shareLogit']![v]!));
      const factor = Array.from({ length: 9 }, (_, at) => {
        const [row, column] = [Math.floor(at / 3), at % 3];
        if (row === column) return Math.exp(p['logSpread']![v * 3 + row]!);
        return column < row ? p['lower']![v * 9 + at]! : 0;
      });
      const covariance = Array.from({ length: 9 }, (_, at) =>
        [0, 1, 2].reduce((sum, k) => sum + factor[Math.floor(at / 3) * 3 + k]! * factor[(at % 3) * 3 + k]!, 0),
      );
      for (let patient = 0; patient < 3; patient += 1) {
        const rows = [0, 1, 2, 3, 4].map((t) => (v * 3 + patient) * 5 + t).filter((row) => plain('present')[row] === 1);
        const mean = [0, 1, 2].map(
          (e) => p['mean']![v * 3 + e]! + plain('designs')[v * 3 + patient]! * p['shifts']![v * 3 + e]!,
        );
        const features = rows.map((row) => {
          const hidden = [0, 1, 2, 3].map((h) =>
            Math.tanh(
              [0, 1, 2].reduce(
                (sum, i) => sum + plain('inputs')[row * 3 + i]! * p['hidden.weights']![(v * 3 + i) * 4 + h]!,
                p['hidden.bias']![v * 4 + h]!,
              ),
            ),
          );
          const made = [0, 1].map((f) =>
            Math.tanh(
              hidden.reduce(
                (sum, one, h) => sum + one * p['features.weights']![(v * 4 + h) * 2 + f]!,
                p['features.bias']![v * 2 + f]!,
              ),
            ),
          );
          return [1, ...made].map((one) => one * plain('durations')[row]!);
        });
        const n = rows.length;
        if (n === 0) continue;
        const residual = Float64Array.from(
          rows,
          (row, k) => plain('changes')[row]! - features[k]!.reduce((sum, f, e) => sum + f * mean[e]!, 0),
        );
        const total = Float64Array.from({ length: n * n }, (_, at) => {
          const [a, b] = [Math.floor(at / n), at % n];
          const shared = features[a]!.reduce(
            (sum, f, e) => sum + features[b]!.reduce((inner, g, d) => inner + f * covariance[3 * e + d]! * g, 0),
            0,
          );
          return shared + (a === b ? noise * (share + (1 - share) * plain('lengths')[rows[a]!]!) : 0);
        });
        const cholesky = choleskyFactor(total, n)!;
        const solved = solveSymmetric(total, residual)!;
        const determinant = rows.reduce((sum, _, k) => sum + 2 * Math.log(cholesky[k * n + k]!), 0);
        log -= (n * Math.log(2 * Math.PI) + determinant + residual.reduce((sum, r, k) => sum + r * solved[k]!, 0)) / 2;
        told += n;
      }
    }
    expect(found).toBeCloseTo(-log / told, 4);
  });
});

describe('learned features', () => {
  const [train, validation] = [curvedPatients(1, 60), curvedPatients(2, 30)];
  const options = { seed: 5, steps: 240, batch: 60, hidden: 8, features: 2, learningRate: 0.02 };
  let learned: LearnedFeatures;
  beforeAll(async () => {
    learned = await trainFeatures(train, validation, CURVED, options);
  });

  it('explain changes better than the law of a linear declaration, and nearly as well as the true one', () => {
    const likelihood = (spec: PersonalSpec): number =>
      fitPopulation(train, spec, { seed: 1 }).model.evidence.logLikelihoodPerInterval;
    const withFeatures = (features: PersonalSpec['variables'][number]['features']): PersonalSpec => ({
      ...CURVED,
      variables: [{ ...CURVED.variables[0]!, features }],
    });
    const drug = { kind: 'carry-over', treatment: 'drug' } as const;
    const linear = withFeatures([{ kind: 'intercept' }, drug]);
    // tanh(1.5 - x), the shape that the simulator has.
    const law = {
      kind: 'network',
      inputs: [{ kind: 'state', variable: 'marker', reference: 1.5, scale: -1 }],
      layers: [{ weights: [[1]], biases: [0] }],
    } as const;
    const [plain, found, truth] = [likelihood(linear), likelihood(learned.spec), likelihood(withFeatures([law, drug]))];
    expect(found).toBeGreaterThan(plain + 0.3);
    expect(found).toBeGreaterThan(truth - 0.15);
  });

  it('come as a declaration that the personal layer accepts, with the half-life that was learned', () => {
    expect(() => checkSpec(learned.spec)).not.toThrow();
    expect(learned.spec.variables[0]!.features.map(({ kind }) => kind)).toEqual(['intercept', 'network']);
    // The truth is 2 days.
    expect(learned.spec.treatments[0]!.halfLifeDays).toBeGreaterThan(1);
    expect(learned.spec.treatments[0]!.halfLifeDays).toBeLessThan(4);
    // Three inputs and a bias to 8 units, 8 and a bias to 2, one half-life.
    expect(learned.numbers).toBe(4 * 8 + 9 * 2 + 1);
    expect(learned.bestStep).toBeGreaterThan(0);
  });

  it('are the same for the same seed, and told while they are learned', async () => {
    const told: number[] = [];
    const short = { ...options, steps: 40, onProgress: (fraction: number) => told.push(fraction) };
    const twice = [
      await trainFeatures(train, validation, CURVED, short),
      await trainFeatures(train, validation, CURVED, short),
    ];
    expect(twice[0]).toEqual(twice[1]);
    const other = await trainFeatures(train, validation, CURVED, { ...short, seed: 6 });
    expect(other.spec).not.toEqual(twice[0]!.spec);
    expect(told.filter((fraction) => fraction === 1)).toHaveLength(3);
  });

  it('can be stopped', async () => {
    await expect(trainFeatures(train, validation, CURVED, { ...options, signal: AbortSignal.abort() })).rejects.toThrow(
      /abort/i,
    );
  });
});
