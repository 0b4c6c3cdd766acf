import { describe, expect, it } from 'vitest';
import { legacyRandom } from '../../../src/ml/cohorts/mersenne-twister.ts';
import { ONE_STEP_OPTIONS } from '../../../src/ml/cohorts/tumour-benchmark/one-step-test.ts';
import { OPTION_DAYS, SEQUENCE_OPTIONS } from '../../../src/ml/cohorts/tumour-benchmark/sequence-test.ts';
import { tumourBenchmark } from '../../../src/ml/cohorts/tumour-benchmark/tumour-benchmark.ts';
import { DEATH_VOLUME_CM3 } from '../../../src/ml/cohorts/tumour/tumour-dynamics.ts';

const sum = (numbers: ArrayLike<number>): number => {
  let total = 0;
  for (let k = 0; k < numbers.length; k += 1) if (!Number.isNaN(numbers[k]!)) total += numbers[k]!;
  return total;
};

describe("numpy's legacy generator", () => {
  /** `numpy.random.seed(101)`, then random_sample, standard_normal, randint(0, 2, 8), choice([1, 2, 3], 6), shuffle, randn(3). */
  it('gives the numbers of numpy 2.4 in the same order', () => {
    const random = legacyRandom(101);
    expect(random.uniform()).toBe(0.5163986277024462);
    expect(random.normal()).toBeCloseTo(-0.43120300978576226, 15);
    expect(Array.from({ length: 8 }, () => random.integer(2))).toEqual([1, 1, 1, 1, 1, 0, 0, 1]);
    expect(Array.from({ length: 6 }, () => 1 + random.integer(3))).toEqual([1, 2, 1, 1, 1, 3]);
    const list = Array.from({ length: 10 }, (_, i) => i);
    for (let i = 9; i > 0; i -= 1) {
      const j = random.integer(i + 1);
      [list[i], list[j]] = [list[j]!, list[i]!];
    }
    expect(list).toEqual([4, 9, 7, 6, 0, 2, 3, 1, 8, 5]);
    for (const normal of [0.06462441, 0.18869531, -0.75887206]) expect(random.normal()).toBeCloseTo(normal, 8);
  });

  it('goes on from a copy with the same numbers', () => {
    const random = legacyRandom(7);
    random.normal();
    const copy = random.copy();
    const numbers = Array.from({ length: 700 }, () => random.normal());
    expect(Array.from({ length: 700 }, () => copy.normal())).toEqual(numbers);
  });
});

describe('the tumour benchmark', () => {
  const gamma = 4;
  const sizes = { training: 300, validation: 50, test: 60 };
  const { training, oneStep, sequences } = tumourBenchmark(10, gamma, sizes);

  /** Sums of the same sets by an independent program with numpy 2.4 and scipy 1.17. */
  it('draws the same patients, treatments and volumes as numpy and scipy', () => {
    expect(sum(training.volumesCm3)).toBeCloseTo(117817.76084866878, 6);
    expect(sum(training.chemoUnits) / 5 + sum(training.radioGy) / 2).toBe(6131);
    expect(sum(training.lastDays)).toBe(17053);
    expect(sum(training.population.laws.map(({ alpha }) => alpha))).toBeCloseTo(53.300612915266726, 11);
    expect(sum(oneStep.courses.volumesCm3)).toBeCloseTo(62755.84066569723, 6);
    expect(sum(oneStep.courses.lastDays)).toBe(3439);
    expect(sum(oneStep.nextVolumesCm3)).toBeCloseTo(197672.6554818696, 6);
    expect(sum(sequences.sliding.courses.volumesCm3)).toBeCloseTo(36041.15101406608, 6);
    expect(sum(sequences.sliding.laterVolumesCm3)).toBeCloseTo(1340334.9730587837, 5);
    expect(sum(sequences.random.laterVolumesCm3)).toBeCloseTo(926607.6308475479, 5);
    expect(sum(sequences.random.plans)).toBe(176587);
  });

  it('treats nobody on day 0 in training, and does in the test', () => {
    const first = ({ chemoUnits, days }: typeof training): number => sum(chemoUnits.filter((_, at) => at % days === 0));
    expect(first(training)).toBe(0);
    expect(first(oneStep.courses)).toBeGreaterThan(0);
  });

  it('cuts what happened and not what would have', () => {
    expect(Math.max(...oneStep.courses.volumesCm3)).toBeLessThanOrEqual(DEATH_VOLUME_CM3);
    expect(Math.min(...oneStep.courses.volumesCm3)).toBe(0);
    expect(Math.min(...oneStep.nextVolumesCm3)).toBeLessThan(0);
  });

  it('has the volume that came true among the options of a day', () => {
    const { courses, nextVolumesCm3 } = oneStep;
    for (let day = 0; day < courses.lastDays[0]!; day += 1) {
      const taken = ONE_STEP_OPTIONS.findIndex(
        ({ chemoUnits, radioGy }) => chemoUnits === courses.chemoUnits[day] && radioGy === courses.radioGy[day],
      );
      expect(nextVolumesCm3[day * ONE_STEP_OPTIONS.length + taken]).toBe(courses.volumesCm3[day + 1]);
    }
  });

  it('slides one application over five days, the drug first', () => {
    const { plans } = sequences.sliding;
    for (let option = 0; option < SEQUENCE_OPTIONS; option += 1) {
      const own = plans.subarray(2 * option * OPTION_DAYS, 2 * (option + 1) * OPTION_DAYS);
      const drug = option < OPTION_DAYS;
      expect(own.indexOf(1)).toBe(2 * (option % OPTION_DAYS) + (drug ? 0 : 1));
      expect(sum(own)).toBe(1);
    }
  });
});
