import type { ImagingStudy, MedicationAdministration, Observation } from '@medplum/fhirtypes';
import type { AdmittedPatient } from './admitted-patient.ts';
import * as codes from './demo-codes.ts';
import { fixedFraction } from './demo-identity.ts';
import { ENDPOINT_ID } from './endpoint-resource.ts';
import type { RecordedVersion } from './fhir-store.ts';
import { clockTime, HOUR_MS, MINUTE_MS } from './hospital-calendar.ts';
import { laboratoryPeculiarities } from './laboratory-peculiarities.ts';
import { CISPLATIN_MG_PER_M2_PER_UNIT } from './synthetic-patient.ts';

const RESULTS_AFTER_MS = 4 * HOUR_MS;

/** What one visit adds to the record: treatments since the visit before, laboratory values, weight, and the study. */
export function visitRecord(patient: AdmittedPatient, previousDay: number | null, day: number): RecordedVersion[] {
  const days = Array.from({ length: day - (previousDay ?? -1) }, (_, offset) => day - offset).reverse();
  return [
    ...days.flatMap((each) => treatmentsOf(patient, each)),
    ...laboratoryPeculiarities(patient, day, measurementsOf(patient, day)),
    ...imagingOf(patient, day),
  ];
}

function treatmentsOf(patient: AdmittedPatient, day: number): RecordedVersion[] {
  const given = patient.synthetic.days[day]!;
  const at = patient.timeOfDay(day) + 2 * HOUR_MS;
  const administration = (
    name: string,
    medicationCodeableConcept: typeof codes.CISPLATIN,
    dose: ReturnType<typeof codes.quantity>,
    minutes: number,
  ): RecordedVersion => {
    const resource: MedicationAdministration = {
      resourceType: 'MedicationAdministration',
      id: `${patient.identity.fhirId}-${name}-${dayLabel(day)}`,
      status: 'completed',
      medicationCodeableConcept,
      subject: { reference: `Patient/${patient.identity.fhirId}` },
      effectivePeriod: { start: clockTime(at), end: clockTime(at + minutes * MINUTE_MS) },
      dosage: { dose },
    };
    return { resource, recordedAtMs: at + (minutes + 5) * MINUTE_MS };
  };
  return [
    ...(given.chemoUnits > 0
      ? [
          administration(
            'cisplatin',
            codes.CISPLATIN,
            codes.quantity(given.chemoUnits * CISPLATIN_MG_PER_M2_PER_UNIT, 'mg/m2', 1),
            120,
          ),
        ]
      : []),
    ...(given.radioGy > 0
      ? [administration('radiotherapy', codes.RADIOTHERAPY_FRACTION, codes.quantity(given.radioGy, 'Gy', 2), 15)]
      : []),
  ];
}

/** The plain values of a visit; `laboratoryPeculiarities` turns some into what real laboratories send. */
function measurementsOf(patient: AdmittedPatient, day: number): Observation[] {
  const measured = patient.synthetic.days[day]!;
  const { fhirId } = patient.identity;
  const drawnBefore = 60 + Math.floor(fixedFraction(patient.seed, fhirId, day, 'blood') * 45);
  const observation = (
    name: string,
    category: 'laboratory' | 'vital-signs',
    code: typeof codes.CEA,
    valueQuantity: ReturnType<typeof codes.quantity>,
    minutesBefore: number,
    issuedAfterMs: number,
  ): Observation => {
    const at = patient.timeOfDay(day) - minutesBefore * MINUTE_MS;
    return {
      resourceType: 'Observation',
      id: `${fhirId}-${name}-${dayLabel(day)}`,
      status: 'final',
      category: [
        { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: category }] },
      ],
      code,
      subject: { reference: `Patient/${fhirId}` },
      effectiveDateTime: clockTime(at),
      issued: clockTime(at + issuedAfterMs),
      valueQuantity,
    };
  };
  return [
    observation(
      'cea',
      'laboratory',
      codes.CEA,
      codes.quantity(measured.ceaNgPerMl, 'ng/mL', 2),
      drawnBefore,
      RESULTS_AFTER_MS,
    ),
    observation(
      'haemoglobin',
      'laboratory',
      codes.HAEMOGLOBIN,
      codes.quantity(measured.haemoglobinGPerDl, 'g/dL', 1),
      drawnBefore,
      RESULTS_AFTER_MS / 2,
    ),
    observation(
      'weight',
      'vital-signs',
      codes.BODY_WEIGHT,
      codes.quantity(measured.bodyWeightKg, 'kg', 1),
      drawnBefore - 10,
      MINUTE_MS,
    ),
  ];
}

function imagingOf(patient: AdmittedPatient, day: number): RecordedVersion[] {
  if (!patient.isImaged(day)) {
    return [];
  }
  const identity = patient.studyOf(day);
  const at = patient.timeOfDay(day);
  const study: ImagingStudy = {
    resourceType: 'ImagingStudy',
    id: `${patient.identity.fhirId}-mr-${dayLabel(day)}`,
    identifier: [
      { system: 'urn:dicom:uid', value: `urn:oid:${identity.studyInstanceUid}` },
      {
        type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'ACSN' }] },
        system: codes.ACCESSION_NUMBER_SYSTEM,
        value: identity.accessionNumber,
      },
    ],
    status: 'available',
    modality: [{ system: 'http://dicom.nema.org/resources/ontology/DCM', code: 'MR' }],
    subject: { reference: `Patient/${patient.identity.fhirId}` },
    started: clockTime(at),
    endpoint: [{ reference: `Endpoint/${ENDPOINT_ID}` }],
    numberOfSeries: 1,
    procedureCode: [codes.MR_OF_HEAD],
    series: [
      {
        uid: identity.seriesInstanceUid,
        number: 1,
        modality: { system: 'http://dicom.nema.org/resources/ontology/DCM', code: 'MR' },
      },
    ],
  };
  return [{ resource: study, recordedAtMs: at + 30 * MINUTE_MS }];
}

const dayLabel = (day: number): string => `day-${String(day).padStart(3, '0')}`;
