import { BENCHMARK_DAYS, type BenchmarkCourses, emptyCourses, meanDiameter } from './benchmark-courses.ts';
import { type BenchmarkPopulation, drawPopulation } from './benchmark-population.ts';
import { legacyRandom } from '../mersenne-twister.ts';
import { type RandomStream, randomStream } from '../random-stream.ts';
import {
  chemoConcentration,
  DAILY_NOISE_SD,
  DEATH_VOLUME_CM3,
  recoveryProbability,
  relativeDailyChange,
} from '../tumour/tumour-dynamics.ts';
import { treatmentProbability, WINDOW_DAYS } from '../tumour/treatment-policy.ts';

/** Largest doses: drug units and Gy per day. The published benchmark gives 5 and 2 or nothing. */
export const FULL_DOSES = { chemoUnits: 10, radioGy: 4 } as const;

/** Doses of a day that are asked about: every pair of these. */
export const CHEMO_GRID = [0, 2.5, 5, 7.5, 10] as const;
export const RADIO_GRID = [0, 1, 2, 3, 4] as const;

/** Days of a plan after the day of the question, and plans per question. */
export const PLAN_DAYS = 6;
export const PLANS = 4;

/** Courses under continuous doses with what would have come under others. */
export interface DoseCohort {
  readonly courses: BenchmarkCourses;
  /** Next day's volume by drug, then radiation: [patients, 59, 5, 5], of days before the last one; shared noise, not cut. */
  readonly gridVolumesCm3: Float64Array;
  /** Doses (drug, radiation) of days t to t + 5 after day t's measurement: [patients, 59, plans, 6, 2]. */
  readonly plans: Float64Array;
  /** On days t + 1 to t + 6: [patients, 59, plans, 6]; NaN where the volume turned negative before. */
  readonly planVolumesCm3: Float64Array;
}

/**
 * The benchmark's patients under continuous doses. A drug is given with probability sigmoid(gamma / 13 (D - 6.5)), D the patient's
 * own mean diameter of the last 15 days, today included; then the dose is the largest one times Beta(4 q, 4 (1 - q)), q that
 * probability within 0.1 to 0.9: the larger the tumour, the more often and the more. Plans are uniform over all doses.
 * @param largest doses that are given; those that are asked about reach {@link FULL_DOSES} all the same.
 */
export function doseCohort(
  seed: number,
  patients: number,
  gamma: number,
  largest: { readonly chemoUnits: number; readonly radioGy: number } = FULL_DOSES,
): DoseCohort {
  const population = drawPopulation(legacyRandom(seed), patients);
  const courses = emptyCourses(population, BENCHMARK_DAYS);
  const questions = patients * (BENCHMARK_DAYS - 1);
  const cohort = {
    courses,
    gridVolumesCm3: new Float64Array(questions * CHEMO_GRID.length * RADIO_GRID.length).fill(NaN),
    plans: new Float64Array(questions * PLANS * PLAN_DAYS * 2),
    planVolumesCm3: new Float64Array(questions * PLANS * PLAN_DAYS).fill(NaN),
  };
  for (let patient = 0; patient < patients; patient += 1) {
    follow(cohort, population, patient, gamma, largest, (purpose) => randomStream(seed, patient, 'doses', purpose));
  }
  return cohort;
}

function follow(
  cohort: DoseCohort,
  { laws, startVolumesCm3 }: BenchmarkPopulation,
  patient: number,
  gamma: number,
  largest: { readonly chemoUnits: number; readonly radioGy: number },
  stream: (purpose: string) => RandomStream,
): void {
  const { courses } = cohort;
  const { days, volumesCm3, chemoUnits, radioGy, concentrations, lastDays } = courses;
  const at = patient * days;
  const law = laws[patient]!;
  const process = stream('noise');
  const noise = Float64Array.from({ length: days + PLAN_DAYS }, () => DAILY_NOISE_SD * process.normal());
  const [coins, amounts, recovery, planned] = ['coins', 'amounts', 'recovery', 'plans'].map(stream) as [
    RandomStream,
    RandomStream,
    RandomStream,
    RandomStream,
  ];
  volumesCm3[at] = startVolumesCm3[patient]!;
  for (let t = 0; t < days - 1; t += 1) {
    const p = treatmentProbability(meanDiameter(volumesCm3, at + Math.max(t - WINDOW_DAYS, 0), at + t + 1), gamma);
    const q = Math.min(Math.max(p, 0.1), 0.9);
    const dose = (most: number): number => {
      const given = most * betaNumber(amounts, 4 * q, 4 * (1 - q));
      return coins.uniform() < p ? given : 0;
    };
    chemoUnits[at + t] = dose(largest.chemoUnits);
    radioGy[at + t] = dose(largest.radioGy);
    const left = chemoConcentration(t > 0 ? concentrations[at + t - 1]! : 0, 0);
    concentrations[at + t] = left + chemoUnits[at + t]!;
    const volume = volumesCm3[at + t]!;
    const after = (drug: number, gy: number, from: number, day: number): number =>
      from * (1 + (relativeDailyChange(from, law, drug, gy) + noise[day]!));
    const question = patient * (days - 1) + t;
    CHEMO_GRID.forEach((units, c) =>
      RADIO_GRID.forEach((gy, r) => {
        cohort.gridVolumesCm3[(question * CHEMO_GRID.length + c) * RADIO_GRID.length + r] = after(
          left + units,
          gy,
          volume,
          t + 1,
        );
      }),
    );
    for (let plan = 0; plan < PLANS; plan += 1) {
      let [now, drug] = [volume, t > 0 ? concentrations[at + t - 1]! : 0];
      for (let h = 0; h < PLAN_DAYS; h += 1) {
        const place = (question * PLANS + plan) * PLAN_DAYS + h;
        cohort.plans[2 * place] = planned.between(0, FULL_DOSES.chemoUnits);
        cohort.plans[2 * place + 1] = planned.between(0, FULL_DOSES.radioGy);
        drug = chemoConcentration(drug, cohort.plans[2 * place]!);
        now = now > 0 ? after(drug, cohort.plans[2 * place + 1]!, now, t + 1 + h) : NaN;
        cohort.planVolumesCm3[place] = now;
      }
    }
    const next = Math.max(after(concentrations[at + t]!, radioGy[at + t]!, volume, t + 1), 0);
    const isDead = next >= DEATH_VOLUME_CM3;
    const isRecovered = !isDead && recovery.uniform() < recoveryProbability(next);
    volumesCm3[at + t + 1] = isDead ? DEATH_VOLUME_CM3 : isRecovered ? 0 : next;
    if (isDead || isRecovered) {
      lastDays[patient] = t + 1;
      break;
    }
  }
}

/** Beta(a, b) as the share of one of two gamma numbers. */
function betaNumber(random: RandomStream, a: number, b: number): number {
  const [first, second] = [gammaNumber(random, a), gammaNumber(random, b)];
  return first / (first + second);
}

/** By Marsaglia and Tsang, ACM TOMS 26(3), 2000; shapes below 1 by one step up. */
function gammaNumber(random: RandomStream, shape: number): number {
  if (shape < 1) return gammaNumber(random, shape + 1) * random.uniform() ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(random.uniform()) < (x * x) / 2 + d - d * v + d * Math.log(v)) return d * v;
  }
}
