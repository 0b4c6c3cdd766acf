import type { ClinicalCourse } from '../../twins/clinical-course.ts';
import type { Dynamics } from '../../twins/dynamics.ts';
import type { PatientSeries } from './personal/patient-series.ts';
import type { PersonalSpec } from './personal/personal-spec.ts';

/** A value that may be 0 counts as unmeasurably small below this part of its plausible maximum. */
const LEAST_PART = 1e-9;

/** What a definition declares, as the personal layer takes it. */
export const specOf = ({ timeUnitDays, components, statics, variables, treatments }: Dynamics): PersonalSpec => ({
  timeUnitDays,
  components,
  variables: variables.map(({ key, change, scale, plausible, measurementSd, features }) => ({
    key,
    change,
    scale: change === 'absolute' ? scale : 1,
    floor: plausible[0] > 0 ? plausible[0] / 2 : plausible[0] === 0 ? plausible[1] * LEAST_PART : 0,
    plausible,
    measurementSd,
    features,
  })),
  treatments: treatments.map(({ key, ordinaryAmount, halfLifeDays }) => ({ key, unit: ordinaryAmount, halfLifeDays })),
  statics: statics.map((one) =>
    one.kind === 'number'
      ? { kind: 'number', key: one.key, centre: one.centre, scale: one.scale }
      : { kind: 'category', key: one.key, levels: [...one.levels.keys()] },
  ),
});

/** Measurements less far apart than this many days are one visit: blood is drawn before the patient is weighed. */
const VISIT_DAYS = 0.5;

/**
 * A clinical course as the personal layer reads it: measurements of one visit together, at the moment of its last one. A category is
 * its position among the declared levels, an undeclared one is unknown.
 */
export const seriesOf = (
  { measurements, doses, statics }: ClinicalCourse,
  dynamics: Pick<Dynamics, 'statics'>,
): PatientSeries => ({
  statics: Object.fromEntries(
    dynamics.statics.flatMap((declared): [string, number][] => {
      const value = statics[declared.key];
      if (declared.kind === 'number') return typeof value === 'number' ? [[declared.key, value]] : [];
      const level = value === undefined ? -1 : declared.levels.indexOf(value);
      return level < 0 ? [] : [[declared.key, level]];
    }),
  ),
  visits: visitsOf(measurements),
  treatments: Object.fromEntries(
    [...Map.groupBy(doses, ({ treatment }) => treatment)].map(([treatment, given]) => [
      treatment,
      given.map(({ fromDay, toDay, amount }) => ({ fromDay, toDay, amount })),
    ]),
  ),
});

function visitsOf(measurements: ClinicalCourse['measurements']): PatientSeries['visits'] {
  const visits: { start: number; day: number; values: Record<string, number> }[] = [];
  for (const { variable, day, value } of measurements.toSorted((a, b) => a.day - b.day)) {
    const visit = visits.at(-1);
    if (visit !== undefined && day - visit.start < VISIT_DAYS && !(variable in visit.values)) {
      visit.day = day;
      visit.values[variable] = value;
    } else {
      visits.push({ start: day, day, values: { [variable]: value } });
    }
  }
  return visits.map(({ day, values }) => ({ day, values }));
}
