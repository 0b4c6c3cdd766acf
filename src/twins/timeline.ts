import type { VolumeGeometry } from './volume.ts';

/**
 * The timeline is append-only and has two clocks: `occurredAt` (when it happened to the patient) and `recordedAt` (when
 * this server learned it). A correction or a withdrawal is a new entry with the same `sourceSystem` and `sourceId`.
 */

/** A code from a terminology, e.g. LOINC (`http://loinc.org`) or RxNorm. */
export interface Coding {
  readonly system: string;
  readonly code: string;
  readonly display?: string | undefined;
}

/** A measured quantity in the UCUM unit that the source used, already free of aliases (`mmHg` became `mm[Hg]`). */
export interface ObservationBody {
  readonly kind: 'observation';
  /** Every code that the source gives for the same measurement. */
  readonly codes: readonly Coding[];
  readonly value: number;
  readonly unit: string;
  /** `<0.01` is a bound, not a number: a visit reports it as censored and no forecaster takes it as exact. */
  readonly comparator: '<' | '<=' | '>=' | '>' | null;
  readonly isPreliminary: boolean;
}

/** Exposure over [occurredAt, occurredUntil]; a single administration has both equal. */
export interface TreatmentBody {
  readonly kind: 'treatment';
  readonly codes: readonly Coding[];
  /** Total amount over the whole interval. */
  readonly amount: number;
  readonly unit: string;
  /** Administration is what the patient got; a request is a plan. Better evidence wins where they overlap. */
  readonly evidence: 'administration' | 'statement' | 'request';
}

export interface ConditionBody {
  readonly kind: 'condition';
  readonly codes: readonly Coding[];
}

export interface ProcedureBody {
  readonly kind: 'procedure';
  readonly codes: readonly Coding[];
}

/** What DICOM says of a picture and no similarity can tell; null where it does not say. */
export interface ImagePresentation {
  /** ImageLaterality (0020,0062) or Laterality (0020,0060). */
  readonly laterality: 'R' | 'L' | null;
  /** High values are dark (MONOCHROME1). */
  readonly isInverted: boolean;
  /** PatientOrientation (0020,0020): where in the patient growing columns and growing rows lead, as in `['P', 'FL']`. */
  readonly patientOrientation: readonly [columns: string, rows: string] | null;
  /** ViewPosition (0018,5101), as in `MLO`. */
  readonly viewPosition: string | null;
}

/** One series, decoded to one volume. The originals stay in the PACS; the voxels lie in the blob store. */
export interface ImageBody extends ImagePresentation {
  readonly kind: 'image';
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly modality: string;
  readonly seriesDescription: string | null;
  readonly sopInstanceUids: readonly string[];
  /** SHA-256 of the float32 little-endian voxels. */
  readonly voxelsSha256: string;
  readonly geometry: VolumeGeometry;
  /** Lossy compression somewhere in the image's past (0028,2110). */
  readonly isLossy: boolean;
  /** What a reader should know of this image, each in one sentence. */
  readonly caveats: readonly string[];
}

/** Something that should be here and is not, with the reason in words. A later entry of the same source replaces it. */
export interface GapBody {
  readonly kind: 'gap';
  readonly missing: 'image' | 'observation' | 'treatment' | 'condition' | 'procedure' | 'source';
  readonly reason: string;
  /** A clinician can read this; it holds no identifiers. */
  readonly message: string;
  /** True where trying again later may fill the gap. */
  readonly isTransient: boolean;
}

/** The source withdrew what it said before (entered-in-error, cancelled, deleted). */
export interface RetractionBody {
  readonly kind: 'retraction';
  readonly reason: string;
}

export type TimelineBody =
  | ObservationBody
  | TreatmentBody
  | ConditionBody
  | ProcedureBody
  | ImageBody
  | GapBody
  | RetractionBody;

/** What a source reports, before this server has stored it. */
export interface TimelineEntryDraft {
  readonly sourceSystem: 'fhir' | 'dicomweb';
  /**
   * The thing in its source: `Observation/123`, `Observation/123#2` for its third component, `<study UID>/<series UID>`.
   */
  readonly sourceId: string;
  /** Changes when the thing changes at its source: `meta.versionId`, or a hash of the content. */
  readonly sourceVersion: string;
  readonly occurredAt: Date;
  readonly occurredUntil: Date;
  /** When the source says that it published this version (`issued`, `meta.lastUpdated`); null where it does not say. */
  readonly issuedAt: Date | null;
  readonly body: TimelineBody;
}

export interface TimelineEntry extends TimelineEntryDraft {
  readonly id: string;
  readonly patientId: string;
  readonly recordedAt: Date;
  /** Rises with every append to this patient's timeline, so that entries of one instant keep their order. */
  readonly revision: number;
}

/**
 * A moment of knowledge.
 *
 * `recorded`: what this server had learned by then; forecasts are made and replayed on it. `issued`: what the hospital
 * had published by then, for judging how a forecast would have fared before this server was installed; an entry whose
 * source does not say when it was published counts from `recordedAt`.
 */
export interface AsOf {
  readonly at: Date;
  readonly clock: 'recorded' | 'issued';
}
