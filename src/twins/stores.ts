/**
 * The record: what the domain keeps, as ports. One transaction gives all of them, for one actor.
 */
import type { BackTest } from './back-test.ts';
import type { DiseaseTwin, TwinStatus } from './disease-twin.ts';
import type { Forecast } from './forecast.ts';
import type { Job, JobRun, JobStatus } from './job.ts';
import type { Patient, PatientRecord } from './patient.ts';
import type { PopulationMember } from './population.ts';
import type { StoredField, VisitRegistration } from './registration.ts';
import type { AsOf, TimelineEntry, TimelineEntryDraft } from './timeline.ts';
import type { TwinPosterior } from './twin-posterior.ts';
import type { TwinEvent, TwinEventDraft } from './twin-event.ts';
import type { VolumeGeometry } from './volume.ts';

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
  readonly backTests: BackTestStore;
  readonly posteriors: PosteriorStore;
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
  /** A displacement field of the tenant; null where it has no such. */
  fieldBySha256(sha256: string): Promise<StoredField | null>;
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
  /** The what-ifs about these forecasts that were given a name, oldest first. */
  namedByReferenceIds(ids: readonly string[]): Promise<readonly Forecast[]>;
  /** Locks the row until the transaction ends; null when absent. */
  lock(id: string): Promise<Forecast | null>;
  /** Everything but the name: a user may give one while a job computes the answer. */
  save(forecast: Forecast): Promise<void>;
  name(id: string, name: string | null): Promise<void>;
}

export interface BackTestStore {
  /** One per forecast: a later score replaces the one before. */
  save(backTest: BackTest): Promise<void>;
  byForecastIds(forecastIds: readonly string[]): Promise<ReadonlyMap<string, BackTest>>;
  /** The newest `first` of each twin, newest first. */
  newestByTwinIds(twinIds: readonly string[], first: number): Promise<ReadonlyMap<string, readonly BackTest[]>>;
}

export interface PosteriorStore {
  /** One per twin and model: kept unless the one on record was learned at a later moment of knowledge. */
  save(posterior: TwinPosterior): Promise<void>;
  byTwinIds(twinIds: readonly string[]): Promise<ReadonlyMap<string, readonly TwinPosterior[]>>;
}

/** What models learned from each twin, for forecasting others of the same tenant and disease. */
export interface PopulationStore {
  /**
   * Adds a record as the newest one of its disease and model, which are numbered from 1 and rise in time; nothing where the twin's
   * newest record is the same.
   */
  save(record: {
    readonly twinId: string;
    readonly modelId: string;
    readonly diseaseId: string;
    readonly sha256: string;
    readonly knownAt: Date;
  }): Promise<void>;
  /** How many records were known at `asOf`. */
  countAt(diseaseId: string, modelId: string, asOf: Date): Promise<number>;
  /** Per twin the newest of the first `count` records: of the first `limit` twins by id, in the order of their ids. */
  members(diseaseId: string, modelId: string, count: number, limit: number): Promise<readonly PopulationMember[]>;
}

/** Which arrays this tenant may read, and what they are. */
export interface ImageCatalogue {
  add(image: CataloguedImage): Promise<void>;
  bySha256(hashes: readonly string[]): Promise<readonly CataloguedImage[]>;
}
export interface CataloguedImage {
  readonly sha256: string;
  readonly kind: 'acquired' | 'registered' | 'predicted' | 'change' | 'uncertainty';
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

export interface AuditLog {
  record(entry: { readonly action: string; readonly subjectKind: string; readonly subjectId: string }): Promise<void>;
}
