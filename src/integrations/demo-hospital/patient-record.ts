import type { Condition, MedicationRequest, Patient, Procedure } from '@medplum/fhirtypes';
import type { AdmittedPatient } from './admitted-patient.ts';
import {
  CISPLATIN,
  MALIGNANT_NEOPLASM,
  PATIENT_IDENTIFIER_SYSTEM,
  quantity,
  RADIOTHERAPY_COURSE,
} from './demo-codes.ts';
import type { RecordedVersion } from './fhir-store.ts';
import { clockTime, DAY_MS, HOUR_MS } from './hospital-calendar.ts';
import { CISPLATIN_MG_PER_M2_PER_UNIT } from './synthetic-patient.ts';

const CHEMO_UNITS_PLANNED = 5;
/** Position that was registered twice; the second registration was merged into the first. */
const REGISTERED_TWICE = 6;

/** Everything about a patient that does not belong to one visit: person, diagnosis, radiotherapy course, standing order. */
export function patientRecord(patient: AdmittedPatient): RecordedVersion[] {
  const { identity, synthetic } = patient;
  const subject = { reference: `Patient/${identity.fhirId}` };
  const admittedAt = patient.timeOfDay(0) - 3 * DAY_MS;

  const person: Patient = {
    resourceType: 'Patient',
    id: identity.fhirId,
    active: true,
    identifier: [mrnIdentifier(identity.mrn)],
    name: [{ use: 'official', family: identity.familyName, given: [identity.givenName] }],
    gender: identity.gender,
    birthDate: identity.birthDate,
  };
  const diagnosis: Condition = {
    resourceType: 'Condition',
    id: `${identity.fhirId}-neoplasm`,
    clinicalStatus: status('http://terminology.hl7.org/CodeSystem/condition-clinical', 'active'),
    verificationStatus: status('http://terminology.hl7.org/CodeSystem/condition-ver-status', 'confirmed'),
    code: MALIGNANT_NEOPLASM,
    subject,
    onsetDateTime: clockTime(admittedAt).slice(0, 10),
    recordedDate: clockTime(admittedAt),
    stage: [{ summary: { text: `Stage ${synthetic.stage}` } }],
  };
  return [
    { resource: person, recordedAtMs: admittedAt },
    { resource: diagnosis, recordedAtMs: admittedAt },
    ...radiotherapyCourse(patient),
    standingOrder(patient, synthetic.visitDays.at(-1) ?? 0),
    ...(synthetic.position === REGISTERED_TWICE ? duplicateRegistration(patient, person) : []),
  ];
}

/** The order for the chemotherapy after a visit; each visit renews it under the same id. */
export function standingOrder(patient: AdmittedPatient, day: number): RecordedVersion {
  const visitAt = patient.timeOfDay(day);
  const order: MedicationRequest = {
    resourceType: 'MedicationRequest',
    id: `${patient.identity.fhirId}-cisplatin-order`,
    status: 'active',
    intent: 'order',
    medicationCodeableConcept: CISPLATIN,
    subject: { reference: `Patient/${patient.identity.fhirId}` },
    authoredOn: clockTime(visitAt + HOUR_MS),
    dosageInstruction: [
      {
        timing: {
          event: [clockTime(visitAt + DAY_MS + 2 * HOUR_MS)],
        },
        doseAndRate: [{ doseQuantity: quantity(CHEMO_UNITS_PLANNED * CISPLATIN_MG_PER_M2_PER_UNIT, 'mg/m2', 1) }],
      },
    ],
  };
  return { resource: order, recordedAtMs: visitAt + HOUR_MS };
}

function radiotherapyCourse(patient: AdmittedPatient): RecordedVersion[] {
  const { identity, synthetic } = patient;
  const lastDay = synthetic.visitDays.at(-1) ?? 0;
  const fractionDays = synthetic.days.flatMap(({ radioGy }, day) => (radioGy > 0 && day <= lastDay ? [day] : []));
  const [first] = fractionDays;
  const last = fractionDays.at(-1);
  if (first === undefined || last === undefined) {
    return [];
  }
  const course: Procedure = {
    resourceType: 'Procedure',
    id: `${identity.fhirId}-radiotherapy`,
    status: 'completed',
    code: RADIOTHERAPY_COURSE,
    subject: { reference: `Patient/${identity.fhirId}` },
    performedPeriod: { start: clockTime(patient.timeOfDay(first)), end: clockTime(patient.timeOfDay(last) + HOUR_MS) },
  };
  return [{ resource: course, recordedAtMs: patient.timeOfDay(last) + 2 * HOUR_MS }];
}

/** A second registration that was found and merged after a week; one observation still refers to it. */
function duplicateRegistration(patient: AdmittedPatient, person: Patient): RecordedVersion[] {
  const retired: Patient = {
    ...person,
    id: retiredId(patient) ?? '',
    identifier: [mrnIdentifier(`${patient.identity.mrn}-OLD`)],
  };
  return [
    { resource: retired, recordedAtMs: patient.timeOfDay(0) - DAY_MS },
    {
      resource: {
        ...retired,
        active: false,
        link: [{ other: { reference: `Patient/${patient.identity.fhirId}` }, type: 'replaced-by' }],
      },
      recordedAtMs: patient.timeOfDay(7),
    },
  ];
}

/** The FHIR id of the registration that was merged into this patient; null for almost everybody. */
export const retiredId = ({ synthetic, identity }: AdmittedPatient): string | null =>
  synthetic.position === REGISTERED_TWICE ? `${identity.fhirId}-duplicate` : null;

const mrnIdentifier = (value: string): NonNullable<Patient['identifier']>[number] => ({
  use: 'official',
  type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' }] },
  system: PATIENT_IDENTIFIER_SYSTEM,
  value,
});

const status = (system: string, code: string): NonNullable<Condition['clinicalStatus']> => ({
  coding: [{ system, code }],
});
