/** A business identifier as FHIR spells it: `system` is a URI, `value` is unique within it. */
export interface Identifier {
  readonly system: string;
  readonly value: string;
}

/** What the EHR says about a person. `birthDate` keeps FHIR's precision: `1957`, `1957-03` or `1957-03-21`. */
export interface PatientRecord {
  readonly fhirId: string;
  readonly identifiers: readonly Identifier[];
  readonly familyName: string | null;
  readonly givenNames: readonly string[];
  readonly birthDate: string | null;
  readonly gender: 'male' | 'female' | 'other' | 'unknown' | null;
  readonly deceasedAt: string | null;
  readonly isActive: boolean;
  /** The surviving record, where this one was merged away (`Patient.link.type = replaced-by`). */
  readonly replacedByFhirId: string | null;
}

/** A person known to this server, keyed by (tenant, FHIR id). */
export interface Patient extends PatientRecord {
  readonly id: string;
  readonly tenantId: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** The end of the newest complete synchronisation with the EHR and the PACS. */
  readonly syncedAt: Date | null;
}
