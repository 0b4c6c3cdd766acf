import { expect, test } from 'vitest';
import { CLINICAL_RESOURCES } from '../../../../src/integrations/fhir/clinical-resources.ts';
import { readEndpointAddress } from '../../../../src/integrations/fhir/read-endpoint.ts';
import { readPatient } from '../../../../src/integrations/fhir/read-patient.ts';
import { REFUSALS } from '../../../../src/integrations/fhir/refusal.ts';
import { isUcumUnit } from '../../../../src/integrations/fhir/unit-converter.ts';
import { fhirCorpus, hasFhirCorpus } from '../../../support/fhir-corpus.ts';

const readAt = new Date('2026-01-01T00:00:00Z');

test.skipIf(!hasFhirCorpus)(
  'every resource of the R4, US Core and Synthea sets is read or refused with a reason (skipped without the data)',
  { timeout: 60_000 },
  () => {
    const counts = new Map<string, Map<string, number>>();
    const totals = new Map<string, number>();
    const faults: string[] = [];
    const check = (isGood: boolean, what: string): void => {
      if (!isGood) faults.push(what);
    };
    let patients = 0;
    const count = (type: string, outcome: string): void => {
      const ofType = counts.get(type) ?? new Map<string, number>();
      counts.set(type, ofType.set(outcome, (ofType.get(outcome) ?? 0) + 1));
    };
    const sources = new Map<string, Record<string, unknown>>();
    for (const { resource } of fhirCorpus()) {
      sources.set(`${String(resource['resourceType'])}/${String(resource['id'])}`, resource);
    }
    const lookUp = (reference: unknown): Record<string, unknown> | null =>
      sources.get(String((reference as { reference?: unknown } | undefined)?.reference)) ?? null;

    for (const { resource } of fhirCorpus()) {
      const type = String(resource['resourceType']);
      if (type === 'Patient') {
        patients++;
        check(
          readPatient(resource, [])?.record.fhirId === resource['id'],
          `Patient/${String(resource['id'])} is not read`,
        );
      }
      if (type === 'Endpoint') readEndpointAddress(resource);
      const reader = CLINICAL_RESOURCES.find((one) => one.type === type);
      if (reader === undefined) continue;
      totals.set(type, (totals.get(type) ?? 0) + 1);
      const reading = reader.read(resource, readAt, lookUp);
      if (reading.kind === 'refused') {
        check(reading.reason in REFUSALS, `${type} is refused without a known reason`);
        count(type, reading.reason);
        continue;
      }
      if (reading.kind === 'reference') {
        count(type, 'usable');
        continue;
      }
      check(reading.drafts.length > 0, `${type} is read as nothing`);
      count(type, reading.drafts.every((draft) => draft.body.kind === 'retraction') ? 'retracted' : 'usable');
      for (const draft of reading.drafts) {
        const source = `${type}/${String(resource['id'])}`;
        check(draft.sourceId.split('#')[0] === source, `${source} is told as ${draft.sourceId}`);
        check(draft.occurredAt <= draft.occurredUntil, `${source} ends before it begins`);
        const unit = 'unit' in draft.body ? draft.body.unit : null;
        check(unit === null || isUcumUnit(unit), `${source} has a unit that is not UCUM`);
      }
    }

    const table = Object.fromEntries([...counts].map(([type, ofType]) => [type, Object.fromEntries(ofType)]));
    process.stdout.write(`${JSON.stringify({ patients, ...table }, null, 1)}\n`);
    expect(faults).toEqual([]);
    for (const [type, total] of totals) {
      expect([...(counts.get(type)?.values() ?? [])].reduce((sum, one) => sum + one, 0)).toBe(total);
      expect(counts.get(type)?.get('not-this-type')).toBeUndefined();
    }
    expect(counts.get('Observation')?.get('usable')).toBeGreaterThan(100);
    expect(counts.get('ImagingStudy')?.get('usable')).toBeGreaterThan(0);
  },
);
