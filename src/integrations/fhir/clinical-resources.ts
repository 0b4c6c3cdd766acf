import type { Element } from './element.ts';
import type { RESOURCE_TYPES } from './options.ts';
import { readCondition } from './read-condition.ts';
import { readImagingStudy } from './read-imaging-study.ts';
import type { ImagingStudyReading } from './read-imaging-study.ts';
import { readMedicationAdministration } from './read-medication-administration.ts';
import { readMedicationRequest } from './read-medication-request.ts';
import { readMedicationStatement } from './read-medication-statement.ts';
import { readObservation } from './read-observation.ts';
import { readProcedure } from './read-procedure.ts';

/** One type of resource that a pull asks for. */
export interface ClinicalResource {
  readonly type: (typeof RESOURCE_TYPES)[number];
  /** What a person calls it, as the end of the sentence "could not deliver ...". */
  readonly title: string;
  /** `_include` parameter; null where nothing is referred to. */
  readonly include: string | null;
  readonly read: (
    resource: unknown,
    readAt: Date,
    lookUp: (reference: unknown) => Element | null,
  ) => ImagingStudyReading;
}

/** All of them, in the order in which they are asked for. */
export const CLINICAL_RESOURCES: readonly ClinicalResource[] = [
  { type: 'Condition', title: 'diagnoses', include: null, read: readCondition },
  { type: 'Procedure', title: 'procedures', include: null, read: readProcedure },
  {
    type: 'MedicationAdministration',
    title: 'given medication',
    include: 'MedicationAdministration:medication',
    read: readMedicationAdministration,
  },
  {
    type: 'MedicationStatement',
    title: 'reported medication',
    include: 'MedicationStatement:medication',
    read: readMedicationStatement,
  },
  {
    type: 'MedicationRequest',
    title: 'ordered medication',
    include: 'MedicationRequest:medication',
    read: readMedicationRequest,
  },
  { type: 'Observation', title: 'measurements', include: null, read: readObservation },
  { type: 'ImagingStudy', title: 'imaging studies', include: 'ImagingStudy:endpoint', read: readImagingStudy },
];
