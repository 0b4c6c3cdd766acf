import type { BenchmarkCourses } from '../../src/ml/cohorts/tumour-benchmark/benchmark-courses.ts';
import type { FeatureSpec } from '../../src/ml/forecasting/personal/feature-spec.ts';
import type { Administration } from '../../src/ml/forecasting/personal/exposure.ts';
import type { PatientSeries } from '../../src/ml/forecasting/personal/patient-series.ts';
import type { PersonalSpec } from '../../src/ml/forecasting/personal/personal-spec.ts';
import { givenDaily, trainingSeries } from '../tumour-pkpd/course-series.ts';
import { tumourSpec } from '../tumour-pkpd/tumour-spec.ts';

/** How a model is told of doses, and what it makes of them. */
export interface DoseForm {
  readonly subject: string;
  readonly spec: PersonalSpec;
  /** Administrations of days from `first` on, in the order of the treatments of the spec. */
  readonly given: (
    chemoUnits: ArrayLike<number>,
    radioGy: ArrayLike<number>,
    first: number,
  ) => readonly Administration[][];
}

const growth: readonly FeatureSpec[] = [
  { kind: 'intercept' },
  { kind: 'log-state', variable: 'volume', reference: 100, scale: 5 },
  { kind: 'carry-over', treatment: 'chemotherapy' },
];
const plainly: DoseForm['given'] = (chemo, radio, first) => [givenDaily(chemo, first), givenDaily(radio, first)];
/** What d Gy do, up to the patient's own sensitivity: d + d^2 / 10. */
const trueEffect = (gy: number): number => gy + (gy * gy) / 10;

export const LINEAR: DoseForm = {
  subject: 'mixed effects, dose',
  spec: tumourSpec([...growth, { kind: 'dose', treatment: 'radiotherapy' }]),
  given: plainly,
};
export const QUADRATIC: DoseForm = {
  subject: 'mixed effects, dose and its square',
  spec: tumourSpec([
    ...growth,
    { kind: 'dose', treatment: 'radiotherapy' },
    { kind: 'dose-squared', treatment: 'radiotherapy' },
  ]),
  given: plainly,
};
/** The simulator's own dose response, as the amount itself. */
export const TRUE_FORM: DoseForm = {
  subject: 'mixed effects, true functional form',
  spec: LINEAR.spec,
  given: (chemo, radio, first) => [givenDaily(chemo, first), givenDaily(Array.from(radio, trueEffect), first)],
};

/** Series to learn from, doses told in a form. */
export const doseSeries = (courses: BenchmarkCourses, form: DoseForm): readonly PatientSeries[] =>
  trainingSeries(courses).map(({ statics, visits }, patient) => ({
    statics,
    visits,
    treatments: doseTreatments(courses, patient, form),
  }));

/** Everything given to a patient, in a form. */
export function doseTreatments(
  { chemoUnits, radioGy, days }: BenchmarkCourses,
  patient: number,
  { spec, given }: DoseForm,
): PatientSeries['treatments'] {
  const own = (amounts: Float64Array): Float64Array => amounts.subarray(patient * days, (patient + 1) * days);
  const told = given(own(chemoUnits), own(radioGy), 0);
  return Object.fromEntries(spec.treatments.map(({ key }, t) => [key, told[t]!]));
}
