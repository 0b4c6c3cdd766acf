import type { Observation } from '@medplum/fhirtypes';
import type { AdmittedPatient } from './admitted-patient.ts';
import { quantity } from './demo-codes.ts';
import type { RecordedVersion } from './fhir-store.ts';
import { DAY_MS, HOUR_MS } from './hospital-calendar.ts';
import { retiredId } from './patient-record.ts';

/** g/mol of a haemoglobin subunit, the convention of mmol/L results: 1 g/dL = 0.6206 mmol/L. */
const HAEMOGLOBIN_MOLAR_MASS = 16_114;

/**
 * Puts the disorder of a real laboratory into a visit's values, each on known patients and visits:
 *
 * | position | visit | what |
 * |---|---|---|
 * | odd | all | CEA in ug/L (the same number as ng/mL) |
 * | 1 | second | CEA 9999, later entered in error |
 * | 2 | third | haemoglobin mistyped, corrected a day later: two versions |
 * | 4 | all | weight in `kgs` without a unit system |
 * | 5 | last | CEA below the limit of detection: `<0.5` |
 * | 6 | first | CEA refers to the registration that was merged away |
 * | 7, 10, 13, ... | all | haemoglobin in mmol/L |
 * | 11 | third | CEA preliminary, then final: two versions |
 */
export function laboratoryPeculiarities(
  patient: AdmittedPatient,
  day: number,
  measurements: readonly Observation[],
): RecordedVersion[] {
  return measurements.flatMap((measurement) => versionsOf(patient, day, measurement));
}

function versionsOf(patient: AdmittedPatient, day: number, plain: Observation): RecordedVersion[] {
  const { position, visitDays } = patient.synthetic;
  const visit = visitDays.indexOf(day);
  const isLast = day === visitDays.at(-1);
  const measurement = inLocalUnit(position, plain);
  const issuedAtMs = Date.parse(measurement.issued ?? '');
  const once = (resource: Observation): RecordedVersion[] => [{ resource, recordedAtMs: issuedAtMs }];
  const twice = (first: Observation, then: Observation, afterMs: number): RecordedVersion[] => [
    { resource: first, recordedAtMs: issuedAtMs },
    { resource: then, recordedAtMs: issuedAtMs + afterMs },
  ];
  const value = measurement.valueQuantity ?? {};
  const isCea = measurement.id?.includes('-cea-') === true;
  const isHaemoglobin = measurement.id?.includes('-haemoglobin-') === true;

  if (isCea && position === 1 && visit === 1) {
    const wrong = { ...measurement, id: `${measurement.id}-wrong-patient`, valueQuantity: { ...value, value: 9999 } };
    return [...once(measurement), ...twice(wrong, { ...wrong, status: 'entered-in-error' }, 5 * HOUR_MS)];
  }
  if (isHaemoglobin && position === 2 && visit === 2) {
    const mistyped = {
      ...measurement,
      valueQuantity: { ...value, value: Number(((value.value ?? 0) * 10).toFixed(1)) },
    };
    return twice(mistyped, { ...measurement, status: 'corrected' }, DAY_MS);
  }
  if (isCea && position === 5 && isLast) {
    return once({ ...measurement, valueQuantity: { ...value, value: 0.5, comparator: '<' } });
  }
  if (isCea && position === 11 && visit === 2) {
    return twice({ ...measurement, status: 'preliminary' }, measurement, 6 * HOUR_MS);
  }
  const retired = retiredId(patient);
  if (isCea && retired !== null && visit === 0) {
    return once({ ...measurement, subject: { reference: `Patient/${retired}` } });
  }
  return once(measurement);
}

function inLocalUnit(position: number, measurement: Observation): Observation {
  const value = measurement.valueQuantity?.value ?? 0;
  if (measurement.id?.includes('-cea-') === true && position % 2 === 1) {
    return { ...measurement, valueQuantity: quantity(value, 'ug/L', 2) };
  }
  if (measurement.id?.includes('-haemoglobin-') === true && position >= 7 && position % 3 === 1) {
    const valueQuantity = quantity((value * 10_000) / HAEMOGLOBIN_MOLAR_MASS, 'mmol/L', 2);
    return { ...measurement, valueQuantity };
  }
  if (measurement.id?.includes('-weight-') === true && position === 4) {
    return { ...measurement, valueQuantity: { value, unit: 'kgs' } };
  }
  return measurement;
}
