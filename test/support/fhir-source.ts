import { createClinicalSource } from '../../src/integrations/fhir/clinical-source.ts';
import type { FhirSourceOptions } from '../../src/integrations/fhir/options.ts';
import type { PatientRecord } from '../../src/twins/patient.ts';
import type { ClinicalSource, ImagingReference } from '../../src/twins/ports.ts';
import type { TimelineEntryDraft } from '../../src/twins/timeline.ts';

export const signal = new AbortController().signal;

/** A source that does not wait between retries; `waits` collects how long it would have. */
export function clinicalSource(
  baseUrl: string,
  options: Partial<FhirSourceOptions> = {},
): { source: ClinicalSource; waits: number[] } {
  const waits: number[] = [];
  const source = createClinicalSource({
    baseUrl,
    authentication: { kind: 'none' },
    linkBases: [],
    clock: { now: () => new Date() },
    random: () => 0.5,
    sleep: async (milliseconds) => {
      waits.push(milliseconds);
    },
    ...options,
  });
  return { source, waits };
}

export interface Pulled {
  readonly drafts: readonly TimelineEntryDraft[];
  readonly imaging: readonly ImagingReference[];
  readonly watermark: Date | null;
  /** Source ids of the drafts that are facts. */
  readonly facts: readonly string[];
  readonly gaps: Readonly<Record<string, string>>;
}

/** A whole pull, its pages joined. */
export async function pullAll(source: ClinicalSource, patientId: string, since: Date | null = null): Promise<Pulled> {
  const record: PatientRecord = {
    fhirId: patientId,
    identifiers: [],
    familyName: null,
    givenNames: [],
    birthDate: null,
    gender: null,
    deceasedAt: null,
    isActive: true,
    replacedByFhirId: null,
  };
  const drafts: TimelineEntryDraft[] = [];
  const imaging: ImagingReference[] = [];
  let watermark: Date | null = null;
  for await (const page of source.pullChanges(record, since, signal)) {
    drafts.push(...page.drafts);
    imaging.push(...page.imaging);
    watermark = page.watermark;
  }
  return {
    drafts,
    imaging,
    watermark,
    facts: drafts.filter(({ body }) => body.kind !== 'gap').map(({ sourceId }) => sourceId),
    gaps: Object.fromEntries(
      drafts.flatMap(({ sourceId, body }) => (body.kind === 'gap' ? [[sourceId, body.reason]] : [])),
    ),
  };
}

/** A creatinine result of a patient, as a laboratory would send it. */
export const creatinine = (
  id: string,
  patientId: string,
  more: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> => ({
  resourceType: 'Observation',
  id,
  meta: { versionId: '1', lastUpdated: '2025-03-01T08:00:00Z' },
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '2160-0' }] },
  subject: { reference: `Patient/${patientId}` },
  effectiveDateTime: '2025-03-01T07:30:00Z',
  issued: '2025-03-01T07:55:00Z',
  valueQuantity: { value: 1.1, unit: 'mg/dL', system: 'http://unitsofmeasure.org', code: 'mg/dL' },
  ...more,
});
