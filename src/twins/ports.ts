/**
 * What the domain needs from the world. Everything here is implemented outside `twins/` and wired in `composition/`.
 */
import type { ClinicalCourse } from './clinical-course.ts';
import type { DiseaseDefinition, ImageSelector } from './disease-definition.ts';
import type { ForecastInput, ForecastOutput } from './forecast.ts';
import type { Identifier, PatientRecord } from './patient.ts';
import type { RegistrationRequest, RegistrationResult } from './registration.ts';
import type { UnitOfWork } from './stores.ts';
import type { ImagePresentation, TimelineEntryDraft } from './timeline.ts';
import type { Volume } from './volume.ts';

export type * from './stores.ts';

export interface Clock {
  now(): Date;
}

/** The EHR. Every method may throw `IntegrationError`; none logs. */
export interface ClinicalSource {
  /** Follows `replaced-by` links to the surviving record. Null when the source has no such patient. */
  readPatient(fhirId: string, signal: AbortSignal): Promise<PatientRecord | null>;
  /** Every patient that the source lets us see, page by page. */
  listPatients(signal: AbortSignal): AsyncIterable<PatientRecord>;
  /**
   * Everything about one patient that changed since `since` (all when null), in pages. An unreadable resource comes as
   * a `gap` draft, a withdrawn one as a `retraction`. `watermark` may be stored once every page was stored.
   */
  pullChanges(
    patient: PatientRecord,
    since: Date | null,
    signal: AbortSignal,
  ): AsyncIterable<{
    readonly drafts: readonly TimelineEntryDraft[];
    readonly imaging: readonly ImagingReference[];
    readonly watermark: Date;
  }>;
}

/** Where the EHR says that images are (ImagingStudy with Endpoint). */
export interface ImagingReference {
  readonly studyInstanceUid: string;
  readonly accessionNumber: string | null;
  /** The DICOMweb root that an Endpoint names; used only if allow-listed. */
  readonly endpointAddress: string | null;
  /** When the EHR last changed what it says of the study, by its own clock. */
  readonly changedAt: Date | null;
}

/** A series in the PACS as QIDO-RS describes it. */
export interface SeriesDescriptor {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly modality: string;
  readonly seriesDescription: string | null;
  readonly numberOfInstances: number | null;
  /** Start of the study (StudyDate, StudyTime, TimezoneOffsetFromUTC); null where absent. */
  readonly studyAt: Date | null;
  /** True for our own predictions and other derived objects, which are never inputs. */
  readonly isDerived: boolean;
}

export interface RetrievedSeries {
  readonly volume: Volume;
  readonly sopInstanceUids: readonly string[];
  /** When the image was acquired: AcquisitionDateTime, or the best of AcquisitionDate, SeriesDate, StudyDate. */
  readonly acquiredAt: Date;
  readonly presentation: ImagePresentation;
  readonly isLossy: boolean;
  readonly isDerived: boolean;
  readonly caveats: readonly string[];
}

export interface ImagingQuery {
  /** PatientID with its issuer, from the identifiers whose system the configuration maps. */
  readonly identifiers: readonly Identifier[];
  readonly references: readonly ImagingReference[];
}

/** The PACS. Every method may throw `IntegrationError`; none logs. */
export interface ImagingSource {
  /** All image series of the patient. Throws rather than answer with half of the list. */
  searchSeries(query: ImagingQuery, signal: AbortSignal): Promise<readonly SeriesDescriptor[]>;
  /**
   * All instances of one series as one volume.
   * @throws {DomainError} SOURCE_INCOMPLETE, UNSUPPORTED or TOO_LARGE with a clinician-readable message when the series
   *   arrived whole but cannot be one trustworthy volume.
   * @throws {IntegrationError} when it did not arrive.
   */
  retrieveSeries(series: SeriesDescriptor, selector: ImageSelector, signal: AbortSignal): Promise<RetrievedSeries>;
}

/** One tenant's sources. */
export interface Hospital {
  readonly clinical: ClinicalSource;
  readonly imaging: ImagingSource;
}

export interface Hospitals {
  readonly tenantIds: readonly string[];
  /** @throws {DomainError} UNSUPPORTED when no sources are configured for the tenant. */
  of(tenantId: string): Hospital;
}

/** Converts between UCUM units; null when no conversion is certain. */
export interface UnitConverter {
  convert(value: number, fromUnit: string, toUnit: string, molarMassGPerMol?: number): number | null;
}

/** Aligns one image to another, off the event loop. Rejects with the signal's reason when aborted. */
export interface Registrar {
  /** Names the method and its version; part of every input hash. */
  readonly version: string;
  /** How many pairs it can align at the same time. */
  readonly pairsAtOnce: number;
  /** `onProgress`: the share of the work that is done, 0..1. */
  register(
    request: RegistrationRequest,
    signal: AbortSignal,
    onProgress?: (fraction: number) => void,
  ): Promise<RegistrationResult>;
}

/** One forecasting model, off the event loop. */
export interface Forecaster {
  readonly modelId: string;
  /**
   * What a patient's own history teaches about how others may change: one serialised record, to be given back as an
   * element of `ForecastInput.population`. Null where the model learns nothing from others.
   */
  summarise(history: ChangeHistory, signal: AbortSignal): Promise<Uint8Array | null>;
  forecast(input: ForecastInput, signal: AbortSignal): Promise<ForecastOutput>;
}

/** A patient's registered visits with real times, as a model learns from them. */
export interface ChangeHistory {
  readonly visits: readonly ForecastInput['visits'][number][];
  /** Epoch milliseconds per visit, and the moment from which each may be used (nothing is learned from the future). */
  readonly occurredAtMs: readonly number[];
  readonly knownAtMs: readonly number[];
  readonly shape: ForecastInput['shape'];
  readonly variables: ForecastInput['variables'];
  readonly treatmentKeys: readonly string[];
  /** Every measurement and every dose on record. */
  readonly course: ClinicalCourse;
}

/** Content-addressed bytes: the key is the lower-case hex SHA-256 of the content. */
export interface BlobStore {
  /** Durable once it resolves; storing the same content again is a no-op. */
  put(content: Uint8Array): Promise<string>;
  /** @throws {FaultError} when the blob is absent or its content does not match its name. */
  get(sha256: string): Promise<Uint8Array>;
  has(sha256: string): Promise<boolean>;
}

/** What a running job may tell and must heed. */
export interface JobContext {
  /** Aborted when the job is cancelled, lost its lease or the worker stops. */
  readonly signal: AbortSignal;
  /** `fraction` 0..1; `message` for a person, without identifiers. */
  report(fraction: number, message: string): Promise<void>;
}

/** The disease definitions that this server knows, by id. */
export type DiseaseCatalogue = ReadonlyMap<string, DiseaseDefinition>;

/** Everything that the use cases need; made once in `composition/`. */
export interface TwinDependencies {
  readonly unitOfWork: UnitOfWork;
  readonly hospitals: Hospitals;
  readonly diseases: DiseaseCatalogue;
  readonly registrar: Registrar;
  readonly forecasters: ReadonlyMap<string, Forecaster>;
  readonly blobs: BlobStore;
  readonly units: UnitConverter;
  readonly clock: Clock;
}
