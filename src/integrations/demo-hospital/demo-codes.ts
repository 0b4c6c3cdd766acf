import type { CodeableConcept, Quantity } from '@medplum/fhirtypes';

/** The patient number of the demo hospital: FHIR identifier system, and the issuer of the same number in DICOM. */
export const PATIENT_IDENTIFIER_SYSTEM = 'urn:sequela:demo-hospital:mrn';
export const ISSUER_OF_PATIENT_ID = 'SEQUELA-DEMO';
export const ACCESSION_NUMBER_SYSTEM = 'urn:sequela:demo-hospital:accession';

const LOINC = 'http://loinc.org';
const SNOMED_CT = 'http://snomed.info/sct';
const RXNORM = 'http://www.nlm.nih.gov/research/umls/rxnorm';
const UCUM = 'http://unitsofmeasure.org';

const concept = (system: string, code: string, display: string): CodeableConcept => ({
  coding: [{ system, code, display }],
  text: display,
});

export const MALIGNANT_NEOPLASM = concept(SNOMED_CT, '363346000', 'Malignant neoplastic disease');
export const CEA = concept(LOINC, '2039-6', 'Carcinoembryonic Ag [Mass/volume] in Serum or Plasma');
export const HAEMOGLOBIN = concept(LOINC, '718-7', 'Hemoglobin [Mass/volume] in Blood');
export const BODY_WEIGHT = concept(LOINC, '29463-7', 'Body weight');
export const CISPLATIN = concept(RXNORM, '2555', 'cisplatin');
/** FHIR R4 has no dose outside of medication resources and no standard code carries one for radiation: see README. */
export const RADIOTHERAPY_FRACTION = concept(
  'urn:sequela:treatment',
  'external-beam-radiotherapy-fraction',
  'External beam radiotherapy, one fraction',
);
export const RADIOTHERAPY_COURSE = concept(SNOMED_CT, '33195004', 'External beam radiation therapy procedure');
export const MR_OF_HEAD = concept(SNOMED_CT, '816077007', 'Magnetic resonance imaging of brain');

/** A quantity in UCUM, rounded to `digits` decimals. */
export const quantity = (value: number, unit: string, digits: number): Quantity => ({
  value: Number(value.toFixed(digits)),
  unit,
  system: UCUM,
  code: unit,
});
