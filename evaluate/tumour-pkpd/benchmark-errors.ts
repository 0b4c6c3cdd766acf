import type { OneStepTest } from '../../src/ml/cohorts/tumour-benchmark/one-step-test.ts';
import { ONE_STEP_OPTIONS } from '../../src/ml/cohorts/tumour-benchmark/one-step-test.ts';
import { OPTION_DAYS, type SequenceTest } from '../../src/ml/cohorts/tumour-benchmark/sequence-test.ts';
import { DEATH_VOLUME_CM3 } from '../../src/ml/cohorts/tumour/tumour-dynamics.ts';

/** Root mean squares are told in percent of the largest volume. */
const percent = (meanSquare: number): number => (Math.sqrt(meanSquare) / DEATH_VOLUME_CM3) * 100;

/** The three ways in which the public reference counts one-step errors. */
export interface OneStepErrors {
  /** Counterfactual entry of each row alone: the published table. */
  readonly last: number;
  /** Every day of every row's history. */
  readonly all: number;
  /** As `all`, mean over days first. */
  readonly orig: number;
}

/** @param predicted volumes, as `OneStepTest.nextVolumesCm3`. */
export function oneStepErrors({ courses, nextVolumesCm3 }: OneStepTest, predicted: Float64Array): OneStepErrors {
  const { days, lastDays, population, chemoUnits, radioGy } = courses;
  const options = ONE_STEP_OPTIONS.length;
  const squares = new Float64Array(days - 1);
  const counts = new Float64Array(days - 1);
  let [own, rows] = [0, 0];
  for (let patient = 0; patient < population.patients; patient += 1) {
    for (let day = 0; day < lastDays[patient]!; day += 1) {
      const at = (patient * (days - 1) + day) * options;
      let [sum, factual] = [0, 0];
      ONE_STEP_OPTIONS.forEach((option, k) => {
        const square = (predicted[at + k]! - nextVolumesCm3[at + k]!) ** 2;
        sum += square;
        const given = patient * days + day;
        if (option.chemoUnits === chemoUnits[given] && option.radioGy === radioGy[given]) factual = square;
      });
      own += sum;
      rows += options;
      // Every later row of the patient repeats this day as its history.
      const later = options * (lastDays[patient]! - 1 - day);
      squares[day]! += sum + later * factual;
      counts[day]! += options + later;
    }
  }
  const total = (numbers: Float64Array): number => numbers.reduce((sum, number) => sum + number, 0);
  const perDay = squares.map((square, day) => square / Math.max(counts[day]!, 1)).filter((_, day) => counts[day]! > 0);
  return {
    last: percent(own / rows),
    all: percent(total(squares) / total(counts)),
    orig: percent(total(perDay) / perDay.length),
  };
}

/** Errors two to six steps ahead. @param predicted volumes, as `SequenceTest.laterVolumesCm3`. */
export function sequenceErrors({ laterVolumesCm3 }: SequenceTest, predicted: Float64Array): readonly number[] {
  const squares = new Float64Array(OPTION_DAYS);
  let rows = 0;
  for (let at = 0; at < laterVolumesCm3.length; at += OPTION_DAYS) {
    if (Number.isNaN(laterVolumesCm3[at]!)) continue;
    rows += 1;
    for (let h = 0; h < OPTION_DAYS; h += 1) squares[h]! += (predicted[at + h]! - laterVolumesCm3[at + h]!) ** 2;
  }
  return Array.from(squares, (square) => percent(square / rows));
}

/** Error of the effect of each treatment against none, by option of the one-step test but the first. */
export function effectErrors({ courses, nextVolumesCm3 }: OneStepTest, predicted: Float64Array): readonly number[] {
  const { days, lastDays, population } = courses;
  const options = ONE_STEP_OPTIONS.length;
  const squares = new Float64Array(options);
  let rows = 0;
  for (let patient = 0; patient < population.patients; patient += 1) {
    for (let day = 0; day < lastDays[patient]!; day += 1) {
      const at = (patient * (days - 1) + day) * options;
      rows += 1;
      for (let k = 1; k < options; k += 1) {
        const effect = predicted[at + k]! - predicted[at]!;
        squares[k]! += (effect - (nextVolumesCm3[at + k]! - nextVolumesCm3[at]!)) ** 2;
      }
    }
  }
  return Array.from(squares.subarray(1), (square) => percent(square / rows));
}
