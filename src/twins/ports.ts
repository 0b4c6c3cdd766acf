/**
 * What the domain needs from the world. Everything here is implemented outside `twins/` and wired in `main.ts`.
 */
import type { AsOf, TimelineEntry, TimelineEntryDraft } from './timeline.ts';
import type { DiseaseDefinition, ImageSelector } from './disease-definition.ts';
import type { DiseaseTwin, TwinStatus } from './disease-twin.ts';
import type { Forecast, ForecastInput, ForecastOutput, ForecastStatus } from './forecast.ts';
import type { Identifier, Patient, PatientRecord } from './patient.ts';
import type { Job, JobRun, JobStatus } from './job.ts';
import type { RegistrationRequest, RegistrationResult, VisitRegistration } from './registration.ts';
import type { TwinEvent, TwinEventDraft } from './twin-event.ts';
import type { Volume, VolumeGeometry } from './volume.ts';

// ---------------------------------------------------------------- the world

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
  readonly laterality: 'R' | 'L' | null;
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
  register(request: RegistrationRequest, signal: AbortSignal): Promise<RegistrationResult>;
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
}

/** Content-addressed bytes: the key is the lower-case hex SHA-256 of the content. */
export interface BlobStore {
  /** Durable once it resolves; storing the same content again is a no-op. */
  put(content: Uint8Array): Promise<string>;
  /** @throws {FaultError} when the blob is absent or its content does not match its name. */
  get(sha256: string): Promise<Uint8Array>;
  has(sha256: string): Promise<boolean>;
}

// ---------------------------------------------------------------- the record

/** On whose behalf something is done. Row level security sees only this tenant's rows. */
export interface Actor {
  readonly tenantId: string;
  readonly userId: string;
}

/** One transaction as one actor: everything in `work` is committed together or not at all. */
export interface UnitOfWork {
  run<T>(actor: Actor, work: (stores: Stores) => Promise<T>): Promise<T>;
}

export interface Stores {
  readonly patients: PatientStore;
  readonly twins: DiseaseTwinStore;
  readonly timeline: TimelineStore;
  readonly registrations: RegistrationStore;
  readonly forecasts: ForecastStore;
  readonly population: PopulationStore;
  readonly images: ImageCatalogue;
  readonly events: EventLog;
  readonly jobs: JobQueue;
  readonly audit: AuditLog;
}

/** Keyset pagination: `after` is the opaque cursor of the last row seen, `first` is bounded by the store to 1..500. */
export interface PageRequest {
  readonly first: number;
  readonly after: string | null;
}
export interface Page<T> {
  readonly rows: readonly { readonly node: T; readonly cursor: string }[];
  readonly hasNextPage: boolean;
}

export interface PatientStore {
  /** Inserts or updates by (tenant, FHIR id); no write when nothing changed. */
  upsert(record: PatientRecord): Promise<Patient>;
  byIds(ids: readonly string[]): Promise<readonly Patient[]>;
  byFhirId(fhirId: string): Promise<Patient | null>;
  /** Ordered by family name, then id. `search` matches names, FHIR id and identifier values by prefix. */
  page(
    request: PageRequest,
    filter: { readonly search: string | null; readonly diseaseId: string | null },
  ): Promise<Page<Patient>>;
  count(): Promise<number>;
  /** The watermark of the last complete pull, and when it ended. */
  syncState(patientId: string): Promise<{ readonly watermark: Date | null }>;
  markSynced(patientId: string, watermark: Date, syncedAt: Date): Promise<void>;
}

export interface DiseaseTwinStore {
  /** Null when this patient already has a twin of the disease. */
  insert(
    twin: Pick<DiseaseTwin, 'patientId' | 'diseaseId' | 'diseaseVersion' | 'modelId'>,
  ): Promise<DiseaseTwin | null>;
  byIds(ids: readonly string[]): Promise<readonly DiseaseTwin[]>;
  byPatientIds(patientIds: readonly string[]): Promise<readonly DiseaseTwin[]>;
  /** Newest first. */
  page(
    request: PageRequest,
    filter: {
      readonly diseaseId: string | null;
      readonly statuses: readonly TwinStatus[] | null;
      readonly patientId: string | null;
    },
  ): Promise<Page<DiseaseTwin>>;
  /** Locks the row until the transaction ends; null when absent. */
  lock(id: string): Promise<DiseaseTwin | null>;
  /** Writes status, reason and reference, raising the revision. */
  save(twin: DiseaseTwin): Promise<DiseaseTwin>;
}

export interface TimelineStore {
  /**
   * Appends what is new. A draft whose (sourceSystem, sourceId, sourceVersion) is on record, or a gap equal to the
   * newest entry of its source, is skipped. Returns the entries that were really appended.
   */
  append(patientId: string, drafts: readonly TimelineEntryDraft[]): Promise<readonly TimelineEntry[]>;
  /**
   * The entries in force at `asOf`, per patient, ordered by occurredAt: of every source thing the newest version known
   * then, without those retracted then. A gap is in force until its source delivers.
   */
  view(patientIds: readonly string[], asOf: AsOf): Promise<ReadonlyMap<string, readonly TimelineEntry[]>>;
  /** Every version of everything, oldest revision first: the audit trail. */
  page(patientId: string, request: PageRequest): Promise<Page<TimelineEntry>>;
  byIds(ids: readonly string[]): Promise<readonly TimelineEntry[]>;
}

export interface RegistrationStore {
  save(registration: Omit<VisitRegistration, 'id' | 'tenantId' | 'createdAt'>): Promise<VisitRegistration>;
  /** The newest per entry for the twin's current reference. */
  byTwinIds(twinIds: readonly string[]): Promise<ReadonlyMap<string, readonly VisitRegistration[]>>;
}

export interface ForecastStore {
  insert(
    forecast: Pick<
      Forecast,
      'twinId' | 'referenceForecastId' | 'interventions' | 'asOf' | 'targetAt' | 'modelId' | 'seed'
    >,
  ): Promise<Forecast>;
  byIds(ids: readonly string[]): Promise<readonly Forecast[]>;
  /** The first page of each twin, newest first, in one statement; its cursors continue in `page`. */
  newestByTwinIds(twinIds: readonly string[], first: number): Promise<ReadonlyMap<string, Page<Forecast>>>;
  page(twinId: string, request: PageRequest): Promise<Page<Forecast>>;
  /** Locks the row until the transaction ends; null when absent. */
  lock(id: string): Promise<Forecast | null>;
  save(forecast: Forecast): Promise<void>;
  countByStatus(): Promise<Readonly<Partial<Record<ForecastStatus, number>>>>;
}

/** What models learned from each twin, for forecasting others of the same tenant and disease. */
export interface PopulationStore {
  save(record: {
    readonly twinId: string;
    readonly modelId: string;
    readonly diseaseId: string;
    readonly sha256: string;
    readonly knownAt: Date;
  }): Promise<void>;
  /** Of other twins, known at `asOf`, the newest per twin; at most `limit`, ordered by sha256. */
  others(twinId: string, diseaseId: string, modelId: string, asOf: Date, limit: number): Promise<readonly string[]>;
}

/** Which arrays this tenant may read, and what they are. */
export interface ImageCatalogue {
  add(image: CataloguedImage): Promise<void>;
  bySha256(hashes: readonly string[]): Promise<readonly CataloguedImage[]>;
}
export interface CataloguedImage {
  readonly sha256: string;
  readonly kind: 'acquired' | 'registered' | 'predicted' | 'change';
  readonly geometry: VolumeGeometry;
  /** Robust display range of the voxels (1st and 99th percentile). */
  readonly displayRange: readonly [low: number, high: number];
}

export interface EventLog {
  /** Numbers the events and wakes the subscribers when the transaction commits. */
  append(events: readonly TwinEventDraft[]): Promise<readonly TwinEvent[]>;
  after(twinId: string, seq: number, first: number): Promise<readonly TwinEvent[]>;
}

/** Live wake-ups. Never carries content: a listener reads what it missed from the store. */
export interface WakeUps {
  /** Yields once at the start, then whenever something may have changed; ends when aborted. */
  listen(
    topic: { readonly tenantId: string; readonly kind: 'twin' | 'job'; readonly id: string },
    signal: AbortSignal,
  ): AsyncIterable<void>;
}

export interface JobQueue {
  /**
   * Joins the transaction: the job exists exactly if it commits. An equal job that is still QUEUED is returned instead
   * of a second one.
   */
  enqueue(job: Job): Promise<JobRun>;
  byIds(ids: readonly string[]): Promise<readonly JobRun[]>;
  /** The newest of a subject. */
  newestBySubject(subjectIds: readonly string[]): Promise<ReadonlyMap<string, readonly JobRun[]>>;
  /** False when it had already ended. */
  cancel(id: string): Promise<boolean>;
  update(
    id: string,
    change: {
      readonly status?: JobStatus;
      readonly progress?: number;
      readonly message?: string | null;
      readonly attempt?: number;
    },
  ): Promise<void>;
}

/** What a running job may tell and must heed. */
export interface JobContext {
  /** Aborted when the job is cancelled, lost its lease or the worker stops. */
  readonly signal: AbortSignal;
  /** `fraction` 0..1; `message` for a person, without identifiers. */
  report(fraction: number, message: string): Promise<void>;
}

export interface AuditLog {
  record(entry: { readonly action: string; readonly subjectKind: string; readonly subjectId: string }): Promise<void>;
}

/** The disease definitions that this server knows, by id. */
export type DiseaseCatalogue = ReadonlyMap<string, DiseaseDefinition>;

/** Everything that the use cases need; made once in `main.ts`. */
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
