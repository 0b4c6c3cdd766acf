import { randomStream } from '../../src/ml/cohorts/random-stream.ts';
import type { BenchmarkCourses } from '../../src/ml/cohorts/tumour-benchmark/benchmark-courses.ts';
import { ONE_STEP_OPTIONS } from '../../src/ml/cohorts/tumour-benchmark/one-step-test.ts';
import { tumourBenchmark } from '../../src/ml/cohorts/tumour-benchmark/tumour-benchmark.ts';
import { DEATH_VOLUME_CM3 } from '../../src/ml/cohorts/tumour/tumour-dynamics.ts';
import { fitPopulation } from '../../src/ml/forecasting/personal/fit-population.ts';
import type { PatientSeries } from '../../src/ml/forecasting/personal/patient-series.ts';
import { compileModel } from '../../src/ml/forecasting/personal/personal-posterior.ts';
import type { PopulationModel } from '../../src/ml/forecasting/personal/population-model.ts';
import { rollOut } from '../../src/ml/forecasting/personal/roll-out.ts';
import { sigmaPoints } from '../../src/ml/forecasting/personal/sigma-points.ts';
import { givenDaily, trainingSeries } from '../tumour-pkpd/course-series.ts';
import { expectedVolume, forEachQuestion } from '../tumour-pkpd/personal-predictor.ts';
import { tumourSpec } from '../tumour-pkpd/tumour-spec.ts';

export const MEASUREMENT_ERRORS = [0.02, 0.05, 0.1] as const;

/** One-step errors of volumes that were measured with an error, against the true next volume. */
export interface MeasuredScores {
  readonly error: number;
  readonly subject: 'naive' | 'filter, error known' | 'filter, error learned' | 'filter, population known';
  /** In percent of V(13 cm), over all days; a few large tumours of the first days decide it. */
  readonly all: number;
  /** From day 5 on, where there is a past to filter. */
  readonly later: number;
  /** In percent of the patient's own volume, where that is above 1 cm3, over all days. */
  readonly relative: number;
  /** What the model took the error for. */
  readonly measurementSd: number;
}

const LATER_FROM_DAY = 5;
const RELATIVE_FROM_CM3 = 1;

/**
 * The benchmark's binary treatments, volumes as if read from an image; without an error first, as the naive model. How much a filter can take back
 * at all is told by one that knows the error and has learned the population from volumes without any: what it misses is in no measurement.
 */
export function runMeasured(
  seed: number,
  gamma: number,
  sizes: { readonly training: number; readonly validation: number; readonly test: number },
): readonly MeasuredScores[] {
  const { training, oneStep } = tumourBenchmark(seed, gamma, sizes);
  const known = trainingSeries(training);
  const clean = fitPopulation(known, tumourSpec(undefined, { measurementSd: 0 }), { seed }).model;
  return [0, ...MEASUREMENT_ERRORS].flatMap((error): MeasuredScores[] => {
    const read = reader(seed, error);
    const measured = known.map(({ statics, treatments, visits }, patient): PatientSeries => {
      const own = visits.map(({ day, values }) => ({
        day,
        values: { volume: read('training', values['volume']!, patient, day) },
      }));
      return { statics, treatments, visits: own };
    });
    const ask = (volume: number, patient: number, day: number): number => read('test', volume, patient, day);
    const scored = (subject: MeasuredScores['subject'], model: PopulationModel): MeasuredScores => ({
      error,
      subject,
      measurementSd: model.measurementSds[0]!,
      ...oneStepError(model, oneStep.courses, oneStep.nextVolumesCm3, ask),
    });
    const fitted = (measurementSd: number | 'learned'): PopulationModel =>
      fitPopulation(measured, tumourSpec(undefined, { measurementSd }), { seed }).model;
    if (error === 0) return [scored('naive', clean)];
    return [
      scored('naive', fitted(0)),
      scored('filter, error known', fitted(error)),
      scored('filter, error learned', fitted('learned')),
      scored('filter, population known', { ...clean, measurementSds: Float64Array.of(error) }),
    ];
  });
}

/** The same reading of the same volume for every model, nothing above what is taken for a volume. */
const reader =
  (seed: number, error: number) =>
  (set: string, volume: number, patient: number, day: number): number =>
    Math.min(
      volume * Math.max(1 + error * randomStream(seed, set, patient, day, 'reading').normal(), 0.01),
      DEATH_VOLUME_CM3,
    );

function oneStepError(
  model: PopulationModel,
  courses: BenchmarkCourses,
  truth: Float64Array,
  measured: (volume: number, patient: number, day: number) => number,
): Pick<MeasuredScores, 'all' | 'later' | 'relative'> {
  const compiled = compileModel(model);
  const sums = { all: 0, count: 0, later: 0, laterCount: 0, relative: 0, relativeCount: 0 };
  forEachQuestion(
    model,
    courses,
    (posterior, question, at, day) => {
      const volume = courses.volumesCm3[at]!;
      const sigma = sigmaPoints(compiled, posterior);
      ONE_STEP_OPTIONS.forEach(({ chemoUnits, radioGy }, k) => {
        const treatments = [givenDaily([chemoUnits], day), givenDaily([radioGy], day)];
        const told = expectedVolume(
          rollOut(compiled, posterior, { horizonsDays: [1], treatments, isPointsOnly: true }, sigma),
          0,
        );
        const square = (told - truth[question * ONE_STEP_OPTIONS.length + k]!) ** 2;
        const isLater = Number(day >= LATER_FROM_DAY);
        sums.all += square;
        sums.count += 1;
        sums.later += isLater * square;
        sums.laterCount += isLater;
        if (volume <= RELATIVE_FROM_CM3) return;
        sums.relative += square / (volume * volume);
        sums.relativeCount += 1;
      });
    },
    { measured },
  );
  const percent = (square: number, count: number, of: number): number => (Math.sqrt(square / count) / of) * 100;
  return {
    all: percent(sums.all, sums.count, DEATH_VOLUME_CM3),
    later: percent(sums.later, sums.laterCount, DEATH_VOLUME_CM3),
    relative: percent(sums.relative, sums.relativeCount, 1),
  };
}
