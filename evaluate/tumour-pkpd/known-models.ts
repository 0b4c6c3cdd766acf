import { type DailyModel, type DailyPlayer, dailyPredictor } from './tumour-predictor.ts';
import type { BenchmarkCourses } from '../../src/ml/cohorts/tumour-benchmark/benchmark-courses.ts';
import {
  chemoConcentration,
  DEATH_VOLUME_CM3,
  relativeDailyChange,
  type TumourLaw,
} from '../../src/ml/cohorts/tumour/tumour-dynamics.ts';
import { solveSymmetric } from '../../src/ml/forecasting/personal/cholesky.ts';

const RANGE = [0, DEATH_VOLUME_CM3] as const;

/** No change. */
export const carryForward = (): DailyPlayer =>
  dailyPredictor<null>(
    {
      subject: 'carry-forward',
      numbers: 0,
      states: ({ lastDays }, patient) => Array.from({ length: lastDays[patient]! }, () => null),
      advance: (_, volume) => volume,
      drug: () => 0,
      drugBefore: () => 0,
    },
    RANGE,
  );

interface Known {
  readonly law: TumourLaw;
  readonly drugBefore: number;
}

/** The simulator itself, hidden parameters known, without its noise. */
export const oracle = (): DailyPlayer =>
  dailyPredictor<Known>(
    {
      subject: 'oracle (knows the patient)',
      numbers: 0,
      states: ({ lastDays, population, concentrations, days }, patient) =>
        Array.from({ length: lastDays[patient]! }, (_, day) => ({
          law: population.laws[patient]!,
          drugBefore: day === 0 ? 0 : concentrations[patient * days + day - 1]!,
        })),
      advance: ({ law }, volume, drug, radioGy) =>
        volume > 0 ? volume * (1 + relativeDailyChange(volume, law, drug, radioGy)) : 0,
      drug: (_, yesterday, chemoUnits) => chemoConcentration(yesterday, chemoUnits),
      drugBefore: ({ drugBefore }) => drugBefore,
    },
    RANGE,
  );

const FEATURES = 4;
const FADINGS = Array.from({ length: 20 }, (_, k) => k * 0.05);

/**
 * One linear law of the relative change for all patients, by least squares weighted with the volume: intercept, ln V, drug
 * and radiation, and the fading of the drug by search. With its noise six numbers.
 */
export function pooledLinear(training: BenchmarkCourses): DailyPlayer {
  const fits = FADINGS.map((kept) => fitPooled(training, kept));
  const { coefficients, kept } = fits.reduce((best, fit) => (fit.residual < best.residual ? fit : best));
  const model: DailyModel<number> = {
    subject: 'pooled linear',
    numbers: FEATURES + 2,
    states: ({ lastDays, chemoUnits, days }, patient) => {
      let drug = 0;
      return Array.from({ length: lastDays[patient]! }, (_, day) => {
        const before = drug;
        drug = kept * drug + chemoUnits[patient * days + day]!;
        return before;
      });
    },
    advance: (_, volume, drug, radioGy) =>
      volume * (1 + featuresOf(volume, drug, radioGy).reduce((sum, f, k) => sum + f * coefficients[k]!, 0)),
    drug: (_, yesterday, chemoUnits) => kept * yesterday + chemoUnits,
    drugBefore: (drug) => drug,
  };
  return dailyPredictor(model, RANGE);
}

const featuresOf = (volume: number, drug: number, radioGy: number): readonly number[] => [
  1,
  Math.log(Math.max(volume, 1e-8) / 100) / 5,
  drug / 5,
  radioGy / 2,
];

function fitPooled({ volumesCm3, chemoUnits, radioGy, lastDays, days, population }: BenchmarkCourses, kept: number) {
  const left = new Float64Array(FEATURES * FEATURES);
  const right = new Float64Array(FEATURES);
  let squares = 0;
  for (let patient = 0; patient < population.patients; patient += 1) {
    let drug = 0;
    for (let day = 0; day < lastDays[patient]!; day += 1) {
      const at = patient * days + day;
      const [volume, next] = [volumesCm3[at]!, volumesCm3[at + 1]!];
      drug = kept * drug + chemoUnits[at]!;
      if (volume <= 1e-8 || next >= DEATH_VOLUME_CM3) continue;
      const change = next / volume - 1;
      const features = featuresOf(volume, drug, radioGy[at]!);
      squares += volume * change * change;
      for (let a = 0; a < FEATURES; a += 1) {
        right[a]! += volume * features[a]! * change;
        for (let b = 0; b < FEATURES; b += 1) left[a * FEATURES + b]! += volume * features[a]! * features[b]!;
      }
    }
  }
  const coefficients = solveSymmetric(left, right)!;
  return { kept, coefficients, residual: coefficients.reduce((sum, c, k) => sum - c * right[k]!, squares) };
}
