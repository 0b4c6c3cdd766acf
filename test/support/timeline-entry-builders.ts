import type {
  ImageBody,
  ObservationBody,
  TimelineBody,
  TimelineEntry,
  TreatmentBody,
} from '../../src/twins/timeline.ts';
import type { VolumeShape } from '../../src/twins/volume.ts';

/** Every test counts its days from here. */
const DAY_ZERO = new Date('2026-01-01T00:00:00.000Z');

/** The instant `days` after `DAY_ZERO`; a fraction is a time of day. */
export const onDay = (days: number): Date => new Date(DAY_ZERO.getTime() + Math.round(days * 86_400_000));

export const LOINC = 'http://loinc.org';

let nextRevision = 1;

/** Any entry; what a test does not name is harmless. Known from the moment at which it ended, unless it says otherwise. */
export function entry(
  body: TimelineBody,
  at: Date,
  more: Partial<Omit<TimelineEntry, 'body' | 'occurredAt'>> = {},
): TimelineEntry {
  const revision = more.revision ?? nextRevision;
  nextRevision += 1;
  const occurredUntil = more.occurredUntil ?? at;
  return {
    id: `entry-${revision}`,
    patientId: 'patient-1',
    sourceSystem: body.kind === 'image' ? 'dicomweb' : 'fhir',
    sourceId: `Thing/${revision}`,
    sourceVersion: '1',
    issuedAt: null,
    recordedAt: occurredUntil,
    ...more,
    revision,
    occurredAt: at,
    occurredUntil,
    body,
  };
}

export function observation(
  code: string,
  value: number,
  at: Date,
  more: Partial<Omit<ObservationBody, 'kind'>> & { readonly entry?: Parameters<typeof entry>[2] } = {},
): TimelineEntry {
  const { entry: about, ...body } = more;
  return entry(
    {
      kind: 'observation',
      codes: [{ system: LOINC, code }],
      value,
      unit: 'ng/mL',
      comparator: null,
      isPreliminary: false,
      ...body,
    },
    at,
    about,
  );
}

export function treatment(
  code: string,
  amount: number,
  from: Date,
  to: Date,
  evidence: TreatmentBody['evidence'],
  more: { readonly unit?: string; readonly entry?: Parameters<typeof entry>[2] } = {},
): TimelineEntry {
  const codes = [{ system: 'urn:sequela:test', code }];
  const body: TreatmentBody = { kind: 'treatment', codes, amount, unit: more.unit ?? 'mg', evidence };
  return entry(body, from, { recordedAt: from, ...more.entry, occurredUntil: to });
}

export const IMAGE_SHAPE: VolumeShape = [1, 2, 2];

export function image(
  study: string,
  at: Date,
  more: Partial<Omit<ImageBody, 'kind'>> & { readonly entry?: Parameters<typeof entry>[2] } = {},
): TimelineEntry & { readonly body: ImageBody } {
  const { entry: about, ...facts } = more;
  const body: ImageBody = {
    kind: 'image',
    studyInstanceUid: study,
    seriesInstanceUid: `${study}.1`,
    modality: 'MR',
    seriesDescription: null,
    sopInstanceUids: [`${study}.1.1`],
    voxelsSha256: `voxels-of-${study}`,
    geometry: {
      shape: IMAGE_SHAPE,
      spacingMm: [1, 1, 1],
      originMm: [0, 0, 0],
      direction: [1, 0, 0, 0, 1, 0, 0, 0, 1],
    },
    laterality: null,
    isInverted: false,
    patientOrientation: null,
    viewPosition: null,
    isLossy: false,
    caveats: [],
    ...facts,
  };
  const made = entry(body, at, { sourceId: `${body.studyInstanceUid}/${body.seriesInstanceUid}`, ...about });
  return { ...made, body };
}
