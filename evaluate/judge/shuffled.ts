import { randomStream } from '../../src/ml/cohorts/random-stream.ts';
import type { CohortPatient } from '../../src/ml/cohorts/readers/visit-table.ts';
import type { PatientSeries } from '../../src/ml/forecasting/personal/patient-series.ts';
import type { ValueForecaster } from './question.ts';

/**
 * The same forecaster asked with what belongs to another test patient, to see whether it matters: statics and the values of all
 * other variables are the EHR of a patient beside the course of a variable itself, treatments are what was given.
 */
export const shuffledForecasters = (
  forecaster: ValueForecaster,
  test: readonly CohortPatient[],
  seed: number,
  has: { readonly statics: boolean; readonly treatments: boolean },
): ValueForecaster[] => {
  const donors = derangement(test, seed);
  const asked = (
    subject: string,
    change: (series: PatientSeries, donor: PatientSeries) => PatientSeries,
  ): ValueForecaster => ({
    subject,
    answer: (question, days) => {
      const donor = donors.get(question.patient)!;
      return forecaster.answer({ ...question, series: change(question.series, donor) }, days);
    },
  });
  return [
    ...(has.statics
      ? [asked(`${forecaster.subject}, statics of another`, (series, { statics }) => ({ ...series, statics }))]
      : []),
    ...(has.treatments
      ? [asked(`${forecaster.subject}, treatments of another`, (series, { treatments }) => ({ ...series, treatments }))]
      : []),
  ];
};

/** Every patient with another one, by a random cycle. */
function derangement(test: readonly CohortPatient[], seed: number): Map<string, PatientSeries> {
  const random = randomStream(seed, 'donors');
  const order = [...test];
  for (let k = order.length - 1; k > 0; k -= 1) {
    const other = random.index(k + 1);
    [order[k], order[other]] = [order[other]!, order[k]!];
  }
  return new Map(order.map(({ patient }, k) => [patient, order[(k + 1) % order.length]!.series]));
}
