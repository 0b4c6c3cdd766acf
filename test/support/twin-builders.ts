import { parseDiseaseDefinition } from '../../src/twins/disease-definition.ts';
import type { DiseaseDefinition } from '../../src/twins/disease-definition.ts';
import type { UnitConverter } from '../../src/twins/ports.ts';
import type { VisitRegistration } from '../../src/twins/registration.ts';
import type { ImageBody, TimelineEntry } from '../../src/twins/timeline.ts';
import { LOINC } from './timeline-entry-builders.ts';

const DEFINITION = {
  id: 'test-disease',
  version: '1.0.0',
  title: 'Test disease',
  description: 'A small disease with one of each kind of variable.',
  conditions: [{ system: 'http://snomed.info/sct', code: '1' }],
  imaging: {
    modalities: ['MR'],
    preferDescriptions: ['FLAIR', 'T2'],
    excludeDescriptions: ['localizer'],
    minimumSlices: 1,
    maximumSlices: 64,
  },
  registration: {
    stages: ['rigid'],
    preprocessing: { percentiles: [1, 99] },
    acceptance: { accepted: 0.75, review: 0.7, evidence: 'None: a test.' },
  },
  variables: [
    {
      key: 'marker',
      title: 'Marker',
      role: 'dynamic',
      codes: [
        { system: LOINC, code: 'marker' },
        { system: LOINC, code: 'marker-by-another-method' },
      ],
      unit: 'ng/mL',
      windowDays: 14,
      plausible: [0, 1000],
    },
    {
      key: 'drug',
      title: 'Drug',
      role: 'treatment',
      codes: [{ system: 'urn:sequela:test', code: 'drug' }],
      unit: 'mg',
      maximumPerDay: 100,
    },
    { key: 'gender', title: 'Gender', role: 'static', source: { kind: 'gender' } },
    { key: 'age', title: 'Age', role: 'static', source: { kind: 'age' } },
    {
      key: 'smoker',
      title: 'Smoker',
      role: 'static',
      source: { kind: 'condition', codes: [{ system: 'http://snomed.info/sct', code: 'smoker' }] },
    },
    {
      key: 'height',
      title: 'Height',
      role: 'static',
      source: { kind: 'observation', codes: [{ system: LOINC, code: 'height' }], unit: 'ng/mL' },
    },
  ],
  forecasting: {
    model: 'population-mean-change',
    defaultHorizonDays: 7,
    maximumHorizonDays: 56,
    minimumVisits: 2,
    whenUnplanned: 'continue-last-interval',
  },
};

/** The definition as plain JSON, to be spoilt by a test. */
export const definitionJson = (): typeof DEFINITION => structuredClone(DEFINITION);

/** A valid small disease; `change` may alter a part of it. */
export function diseaseDefinition(change: Partial<DiseaseDefinition> = {}): DiseaseDefinition {
  return { ...parseDiseaseDefinition('test-disease.json', JSON.stringify(DEFINITION)), ...change };
}

/** Knows ng/mL, ug/mL, mg and g: enough to tell a conversion from a refusal. */
export const testUnits: UnitConverter = {
  convert(value, fromUnit, toUnit) {
    if (fromUnit === toUnit) return value;
    if ((fromUnit === 'ug/mL' && toUnit === 'ng/mL') || (fromUnit === 'g' && toUnit === 'mg')) return value * 1000;
    return null;
  },
};

export function registration(
  of: TimelineEntry & { readonly body: ImageBody },
  referenceEntryId: string,
  more: Partial<VisitRegistration> = {},
): VisitRegistration {
  return {
    id: `registration-of-${of.id}`,
    tenantId: 'tenant-1',
    twinId: 'twin-1',
    entryId: of.id,
    referenceEntryId,
    verdict: 'accepted',
    reason: null,
    method: 'test',
    stages: ['rigid'],
    transform: { kind: 'identity', matrix: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] },
    field: null,
    before: null,
    after: null,
    quality: null,
    rejectedDeformation: null,
    movedSha256: `moved-${of.body.voxelsSha256}`,
    geometry: of.body.geometry,
    inputHash: 'hash',
    elapsedMs: 1,
    createdAt: new Date('2026-06-01T00:00:00Z'),
    ...more,
  };
}
