// Written by `npm run codegen` from schema.graphql.
import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { ImageBody as DomainImageBody, Coding as DomainCoding, ConditionBody as DomainConditionBody, GapBody as DomainGapBody, ObservationBody as DomainObservationBody, ProcedureBody as DomainProcedureBody, RetractionBody as DomainRetractionBody, TimelineEntry as DomainTimelineEntry, TreatmentBody as DomainTreatmentBody } from '../twins/timeline.ts';
import type { BackTest as DomainBackTest, BackTestImage as DomainBackTestImage, BackTestValue as DomainBackTestValue } from '../twins/back-test.ts';
import type { DiseaseDefinition as DomainDiseaseDefinition, Variable as DomainVariable } from '../twins/disease-definition.ts';
import type { DiseaseTwin as DomainDiseaseTwin } from '../twins/disease-twin.ts';
import type { DiseaseTwinPage, DoseResponseParent, ExposureParent, ForecastPage, ForecastValueParent, ImageParent, ImageDifferenceParent, PatientPage, RangeParent, StaticValueParent, TimelinePage, TreatmentInterventionParent, UnusableEntryParent, ValueDifferenceParent, ValueInterventionParent, VisitParent, VisitValueParent } from './parents.ts';
import type { Forecast as DomainForecast, ForecastImage as DomainForecastImage, SkillStatement as DomainSkillStatement } from '../twins/forecast.ts';
import type { ForecastComparison as DomainForecastComparison } from '../twins/compare-forecasts.ts';
import type { ForecastLesion as DomainForecastLesion, LesionDifference as DomainLesionDifference } from '../twins/lesion-volume.ts';
import type { Identifier as DomainIdentifier, Patient as DomainPatient } from '../twins/patient.ts';
import type { JobRun as DomainJobRun } from '../twins/job.ts';
import type { Refused } from './refusal.ts';
import type { StoredField as DomainStoredField, VisitRegistration as DomainVisitRegistration, RegistrationQuality as DomainRegistrationQuality } from '../twins/registration.ts';
import type { RegistrationPlan as DomainRegistrationPlan } from '../twins/registration-plan.ts';
import type { ServerDescription, ApiContext } from './context.ts';
import type { TwinEvent as DomainTwinEvent } from '../twins/twin-event.ts';
import type { TwinPosterior as DomainTwinPosterior } from '../twins/twin-posterior.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = T | null | undefined;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** A moment, ISO 8601 with a time zone, between the years 1900 and 2199. */
  DateTime: { input: Date; output: Date; }
  /** A whole number of 0 or more, at most 2147483647. */
  NonNegativeInt: { input: number; output: number; }
};

/** What a caller may do. Each is granted by the SMART scopes (v1 or v2, `user/` or `system/`) in its description. */
export type Permission =
  /** Patients' names, identifiers and birth dates: `Patient.rs`. */
  | 'READ_PATIENT'
  /** The timeline and visits: `Observation.rs`, `MedicationAdministration.rs`, `Condition.rs` and `Procedure.rs`. */
  | 'READ_RECORD'
  /** Pictures and their geometry: `ImagingStudy.rs`. */
  | 'READ_IMAGE'
  /** Twins, their events, jobs and forecasts: `DiseaseTwin.rs`. */
  | 'READ_TWIN'
  /** Making, retiring and synchronising twins, and reading them: `DiseaseTwin.crus`. */
  | 'WRITE_TWIN'
  /** Asking for forecasts and what-ifs, and reading them: `Forecast.c` and `DiseaseTwin.rs`. */
  | 'RUN_FORECAST';

/** What can be read. */
export type Query = {
  readonly __typename?: 'Query';
  /** Patients of the caller's hospital, by family name. */
  readonly patients: PatientConnection;
  /** One patient; null where the caller's hospital has none of this id. */
  readonly patient?: Maybe<Patient>;
  /** Disease twins of the caller's hospital, newest first. */
  readonly diseaseTwins: DiseaseTwinConnection;
  /** One disease twin; null where the caller's hospital has none of this id. */
  readonly diseaseTwin?: Maybe<DiseaseTwin>;
  /** The diseases that this server can make twins of, by id. */
  readonly diseaseDefinitions: ReadonlyArray<DiseaseDefinition>;
  /** One forecast or what-if; null where the caller's hospital has none of this id. */
  readonly forecast?: Maybe<Forecast>;
  /** One piece of background work; null where the caller's hospital has none of this id. */
  readonly job?: Maybe<Job>;
  /** A what-if beside the forecast that it was asked about: scenario minus reference, as picture and as values. */
  readonly compareForecasts: CompareForecastsResult;
  /** The server itself. */
  readonly server: Server;
};


/** What can be read. */
export type QueryPatientsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  search?: InputMaybe<Scalars['String']['input']>;
  disease?: InputMaybe<Scalars['String']['input']>;
};


/** What can be read. */
export type QueryPatientArgs = {
  id: Scalars['ID']['input'];
};


/** What can be read. */
export type QueryDiseaseTwinsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  disease?: InputMaybe<Scalars['String']['input']>;
  statuses?: InputMaybe<ReadonlyArray<TwinStatus>>;
  patientId?: InputMaybe<Scalars['ID']['input']>;
};


/** What can be read. */
export type QueryDiseaseTwinArgs = {
  id: Scalars['ID']['input'];
};


/** What can be read. */
export type QueryForecastArgs = {
  id: Scalars['ID']['input'];
};


/** What can be read. */
export type QueryJobArgs = {
  id: Scalars['ID']['input'];
};


/** What can be read. */
export type QueryCompareForecastsArgs = {
  reference: Scalars['ID']['input'];
  scenario: Scalars['ID']['input'];
};

/** What can be changed. Expected refusals are answered as data (`Refusal`), never as errors. */
export type Mutation = {
  readonly __typename?: 'Mutation';
  /** Makes a twin of one disease for a known patient and starts its first synchronisation. */
  readonly createDiseaseTwin: CreateDiseaseTwinResult;
  /** Makes a patient of the hospital's health record known to this server and starts a synchronisation. */
  readonly importPatient: SyncPatientResult;
  /** Asks for a synchronisation of a known patient with health record and picture archive, now. */
  readonly syncPatient: SyncPatientResult;
  /** Asks for the next image and values of a twin at a target date. The answer is computed by a job. */
  readonly requestForecast: RequestForecastResult;
  /** Asks the question of an earlier forecast again under other conditions: same knowledge, target, model and seed. */
  readonly runScenario: RunScenarioResult;
  /** Keeps a what-if under a name, so that others find it; its answer stays as it is. */
  readonly nameScenario: NameScenarioResult;
  /** Ends a twin's life; its record stays. */
  readonly retireDiseaseTwin: RetireDiseaseTwinResult;
  /** Stops a job that has not ended. */
  readonly cancelJob: CancelJobResult;
};


/** What can be changed. Expected refusals are answered as data (`Refusal`), never as errors. */
export type MutationCreateDiseaseTwinArgs = {
  input: CreateDiseaseTwinInput;
};


/** What can be changed. Expected refusals are answered as data (`Refusal`), never as errors. */
export type MutationImportPatientArgs = {
  fhirId: Scalars['String']['input'];
};


/** What can be changed. Expected refusals are answered as data (`Refusal`), never as errors. */
export type MutationSyncPatientArgs = {
  patientId: Scalars['ID']['input'];
};


/** What can be changed. Expected refusals are answered as data (`Refusal`), never as errors. */
export type MutationRequestForecastArgs = {
  input: RequestForecastInput;
};


/** What can be changed. Expected refusals are answered as data (`Refusal`), never as errors. */
export type MutationRunScenarioArgs = {
  input: RunScenarioInput;
};


/** What can be changed. Expected refusals are answered as data (`Refusal`), never as errors. */
export type MutationNameScenarioArgs = {
  forecastId: Scalars['ID']['input'];
  name?: InputMaybe<Scalars['String']['input']>;
};


/** What can be changed. Expected refusals are answered as data (`Refusal`), never as errors. */
export type MutationRetireDiseaseTwinArgs = {
  twinId: Scalars['ID']['input'];
};


/** What can be changed. Expected refusals are answered as data (`Refusal`), never as errors. */
export type MutationCancelJobArgs = {
  jobId: Scalars['ID']['input'];
};

/** What can be followed over a WebSocket (`graphql-transport-ws`). */
export type Subscription = {
  readonly __typename?: 'Subscription';
  /**
   * Everything that happens to a twin, in order and without gaps: first what happened after `after`, then live. After a
   * lost connection subscribe again with the `seq` of the last event that was seen.
   */
  readonly twinEvents: TwinEvent;
  /** A job's state, now and at every change; completes when the job has ended. */
  readonly jobProgress: Job;
};


/** What can be followed over a WebSocket (`graphql-transport-ws`). */
export type SubscriptionTwinEventsArgs = {
  twinId: Scalars['ID']['input'];
  after?: Scalars['NonNegativeInt']['input'];
};


/** What can be followed over a WebSocket (`graphql-transport-ws`). */
export type SubscriptionJobProgressArgs = {
  jobId: Scalars['ID']['input'];
};

/** Where a page lies within its list. */
export type PageInfo = {
  readonly __typename?: 'PageInfo';
  /** True when there are more after this page. */
  readonly hasNextPage: Scalars['Boolean']['output'];
  /** Give it as `after` to get the next page; null when the page is empty. */
  readonly endCursor?: Maybe<Scalars['String']['output']>;
};

/** A page of patients. */
export type PatientConnection = {
  readonly __typename?: 'PatientConnection';
  /** The patients with their cursors. */
  readonly edges: ReadonlyArray<PatientEdge>;
  /** The patients alone. */
  readonly nodes: ReadonlyArray<Patient>;
  /** Where the page lies. */
  readonly pageInfo: PageInfo;
};

/** A patient in a page. */
export type PatientEdge = {
  readonly __typename?: 'PatientEdge';
  /** The patient. */
  readonly node: Patient;
  /** The place of this patient in the list. */
  readonly cursor: Scalars['String']['output'];
};

/** A person known to this server, as the hospital's health record describes them. */
export type Patient = {
  readonly __typename?: 'Patient';
  /** Id that this server gave to the patient. */
  readonly id: Scalars['ID']['output'];
  /** `Patient.id` in the hospital's FHIR server. */
  readonly fhirId: Scalars['String']['output'];
  /** Business identifiers, such as a medical record number. */
  readonly identifiers: ReadonlyArray<Identifier>;
  /** Family name; null where the record has none. */
  readonly familyName?: Maybe<Scalars['String']['output']>;
  /** Given names in order. */
  readonly givenNames: ReadonlyArray<Scalars['String']['output']>;
  /** Birth date in the record's precision: `1957`, `1957-03` or `1957-03-21`. */
  readonly birthDate?: Maybe<Scalars['String']['output']>;
  /** Administrative gender; null where the record has none. */
  readonly gender?: Maybe<AdministrativeGender>;
  /** Date or time of death in the record's precision; null where none is recorded. */
  readonly deceasedAt?: Maybe<Scalars['String']['output']>;
  /** False where the hospital no longer uses the record. */
  readonly isActive: Scalars['Boolean']['output'];
  /** FHIR id of the surviving record where this one was merged away. */
  readonly replacedByFhirId?: Maybe<Scalars['String']['output']>;
  /** End of the newest complete synchronisation; null before the first. */
  readonly syncedAt?: Maybe<Scalars['DateTime']['output']>;
  /** When this server learned of the patient. */
  readonly createdAt: Scalars['DateTime']['output'];
  /** The patient's disease twins. */
  readonly twins: ReadonlyArray<DiseaseTwin>;
  /** The newest background work for this patient. */
  readonly jobs: ReadonlyArray<Job>;
};

/** A business identifier as FHIR spells it. */
export type Identifier = {
  readonly __typename?: 'Identifier';
  /** URI of the name space. */
  readonly system: Scalars['String']['output'];
  /** Unique within the name space. */
  readonly value: Scalars['String']['output'];
};

/** FHIR administrative gender. */
export type AdministrativeGender =
  /** FHIR `male`. */
  | 'MALE'
  /** FHIR `female`. */
  | 'FEMALE'
  /** FHIR `other`. */
  | 'OTHER'
  /** FHIR `unknown`. */
  | 'UNKNOWN';

/** A page of disease twins. */
export type DiseaseTwinConnection = {
  readonly __typename?: 'DiseaseTwinConnection';
  /** The twins with their cursors. */
  readonly edges: ReadonlyArray<DiseaseTwinEdge>;
  /** The twins alone. */
  readonly nodes: ReadonlyArray<DiseaseTwin>;
  /** Where the page lies. */
  readonly pageInfo: PageInfo;
};

/** A disease twin in a page. */
export type DiseaseTwinEdge = {
  readonly __typename?: 'DiseaseTwinEdge';
  /** The twin. */
  readonly node: DiseaseTwin;
  /** The place of this twin in the list. */
  readonly cursor: Scalars['String']['output'];
};

/** One patient's one disease: the images and the record aligned in time, ready for forecasts. For research use. */
export type DiseaseTwin = {
  readonly __typename?: 'DiseaseTwin';
  /** Id of the twin. */
  readonly id: Scalars['ID']['output'];
  /** Whose twin it is. */
  readonly patient: Patient;
  /** Id of the disease definition. */
  readonly disease: Scalars['String']['output'];
  /** Version of the disease definition when the twin was made. */
  readonly diseaseVersion: Scalars['String']['output'];
  /** What the twin is made of; null where this server no longer has the definition. */
  readonly definition?: Maybe<DiseaseDefinition>;
  /** The model that forecasts by default. */
  readonly modelId: Scalars['String']['output'];
  /** Where the twin is in its life. */
  readonly status: TwinStatus;
  /** Why, in words for a clinician; null where the status says it all. */
  readonly statusReason?: Maybe<Scalars['String']['output']>;
  /** Rises with every change of status or reference. */
  readonly revision: Scalars['Int']['output'];
  /** When the twin was made. */
  readonly createdAt: Scalars['DateTime']['output'];
  /** When the status or the reference last changed. */
  readonly updatedAt: Scalars['DateTime']['output'];
  /** The full audit trail of the patient: every version of everything, oldest first, retractions and gaps included. */
  readonly timeline: TimelineConnection;
  /** The imaging time points with everything aligned to them, oldest first, as they were known at a moment. */
  readonly visits: ReadonlyArray<Visit>;
  /** What should be on the patient's timeline now and is not. */
  readonly gaps: ReadonlyArray<TimelineEntry>;
  /** Forecasts and what-ifs, newest first. */
  readonly forecasts: ForecastConnection;
  /** The newest forecast or what-if in any state; null before the first. */
  readonly latestForecast?: Maybe<Forecast>;
  /** Forecasts beside what came, newest score first. */
  readonly backTests: ReadonlyArray<BackTest>;
  /** What the twin's model believes of this patient's own dynamics; null before its first forecast, and where the model learns nothing of the patient. */
  readonly posterior?: Maybe<TwinPosterior>;
  /** What happened to the twin, in order. */
  readonly events: ReadonlyArray<TwinEvent>;
  /** The newest background work for this twin. */
  readonly jobs: ReadonlyArray<Job>;
};


/** One patient's one disease: the images and the record aligned in time, ready for forecasts. For research use. */
export type DiseaseTwinTimelineArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


/** One patient's one disease: the images and the record aligned in time, ready for forecasts. For research use. */
export type DiseaseTwinVisitsArgs = {
  asOf?: InputMaybe<Scalars['DateTime']['input']>;
  clock?: KnowledgeClock;
};


/** One patient's one disease: the images and the record aligned in time, ready for forecasts. For research use. */
export type DiseaseTwinForecastsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


/** One patient's one disease: the images and the record aligned in time, ready for forecasts. For research use. */
export type DiseaseTwinBackTestsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** One patient's one disease: the images and the record aligned in time, ready for forecasts. For research use. */
export type DiseaseTwinEventsArgs = {
  after?: Scalars['NonNegativeInt']['input'];
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** Where a twin is in its life. */
export type TwinStatus =
  /** It exists; nothing was pulled for it yet. */
  | 'CREATED'
  /** A job pulls the patient's images and records. */
  | 'SYNCING'
  /** A job aligns the visits to the reference image. */
  | 'REGISTERING'
  /** Enough visits can be used for a forecast. */
  | 'READY'
  /** Everything that could be pulled is here, but it is less than the disease definition asks for. */
  | 'INCOMPLETE'
  /** The last step failed and will be tried again at the next synchronisation. */
  | 'FAULTED'
  /** Kept for the record; no job touches it. */
  | 'RETIRED';

/** Which clock a moment of knowledge is read on. */
export type KnowledgeClock =
  /** What this server had learned by then. Forecasts are made and replayed on this clock. */
  | 'RECORDED'
  /** What the hospital had published by then; an entry that does not say when counts from when it was recorded. */
  | 'ISSUED';

/** What a twin of one disease is made of. */
export type DiseaseDefinition = {
  readonly __typename?: 'DiseaseDefinition';
  /** Id, such as `tumour-response`. */
  readonly id: Scalars['String']['output'];
  /** Semantic version. */
  readonly version: Scalars['String']['output'];
  /** Name for people. */
  readonly title: Scalars['String']['output'];
  /** What it models, in a few sentences. */
  readonly description: Scalars['String']['output'];
  /** Diagnoses that the definition is meant for. */
  readonly conditions: ReadonlyArray<Coding>;
  /** DICOM modalities of the images that are used. */
  readonly modalities: ReadonlyArray<Scalars['String']['output']>;
  /** Everything of the health record that is used. */
  readonly variables: ReadonlyArray<Variable>;
  /** Model that forecasts by default. */
  readonly modelId: Scalars['String']['output'];
  /** Days ahead of a forecast that names no target. */
  readonly defaultHorizonDays: Scalars['Float']['output'];
  /** Days ahead of the latest target that is answered. */
  readonly maximumHorizonDays: Scalars['Float']['output'];
  /** Visits with an aligned image that a forecast needs. */
  readonly minimumVisits: Scalars['Int']['output'];
  /** How images are aligned, and what an alignment must reach. */
  readonly registration: RegistrationPlan;
};

/** How a disease's images are brought into one space, and what an alignment must reach to be used. */
export type RegistrationPlan = {
  readonly __typename?: 'RegistrationPlan';
  /** Global stages from the least to the most free (`rigid`, `similarity`, `affine`); none where images come aligned. */
  readonly stages: ReadonlyArray<Scalars['String']['output']>;
  /** What the global stages optimise: `squared-difference`, `cross-correlation` or `mutual-information`. */
  readonly cost: Scalars['String']['output'];
  /** Method of deformation, `ffd` or `demons`; null where change is measured in undeformed space. */
  readonly deformation?: Maybe<Scalars['String']['output']>;
  /** What is measured to accept an alignment. */
  readonly acceptanceMeasure: AcceptanceMeasure;
  /** At or above this an alignment is accepted. */
  readonly acceptedFrom: Scalars['Float']['output'];
  /** Below this an alignment is refused; from here to acceptance it is flagged. */
  readonly refusedBelow: Scalars['Float']['output'];
  /** Where the two thresholds come from. */
  readonly acceptanceEvidence: Scalars['String']['output'];
};

/** What is measured to accept an alignment. */
export type AcceptanceMeasure =
  /** Structural similarity of denoised images in the foreground, -1 to 1: for images of one contrast. */
  | 'MASKED_SSIM'
  /** Normalised mutual information that the alignment adds: for images of several contrasts. */
  | 'NMI_GAIN';

/** A code of a terminology. */
export type Coding = {
  readonly __typename?: 'Coding';
  /** URI of the terminology, such as `http://loinc.org`. */
  readonly system: Scalars['String']['output'];
  /** The code. */
  readonly code: Scalars['String']['output'];
  /** What the code means, in words. */
  readonly display?: Maybe<Scalars['String']['output']>;
};

/** One thing of the health record that a disease definition uses. */
export type Variable = {
  readonly __typename?: 'Variable';
  /** Name within the definition. */
  readonly key: Scalars['String']['output'];
  /** Name for people. */
  readonly title: Scalars['String']['output'];
  /** How it is used. */
  readonly role: VariableRole;
  /** UCUM unit of all its numbers; null for a category or a yes-no variable. */
  readonly unit?: Maybe<Scalars['String']['output']>;
  /** Codes by which it is recognised; empty where it comes from the patient's own record. */
  readonly codes: ReadonlyArray<Coding>;
  /** Days after which a measurement is too old for a visit; null unless the variable is dynamic. */
  readonly windowDays?: Maybe<Scalars['Float']['output']>;
  /** Lowest and highest value that a forecast may give, in `unit`; null unless the variable is dynamic. */
  readonly plausibleRange?: Maybe<Range>;
  /** Highest dose per day that a what-if may ask for, in `unit` per day; null unless the variable is a treatment. */
  readonly maximumPerDay?: Maybe<Scalars['Float']['output']>;
};

/** How a variable is used. */
export type VariableRole =
  /** Measured again and again; forecast. */
  | 'DYNAMIC'
  /** Given over time; an input that a what-if can change. */
  | 'TREATMENT'
  /** Fixed, or changing so slowly that it is read once per visit. */
  | 'STATIC';

/** Two numbers, low and high. */
export type Range = {
  readonly __typename?: 'Range';
  /** The lower number. */
  readonly low: Scalars['Float']['output'];
  /** The higher number. */
  readonly high: Scalars['Float']['output'];
};

/** A page of the audit trail. */
export type TimelineConnection = {
  readonly __typename?: 'TimelineConnection';
  /** The entries with their cursors. */
  readonly edges: ReadonlyArray<TimelineEdge>;
  /** The entries alone. */
  readonly nodes: ReadonlyArray<TimelineEntry>;
  /** Where the page lies. */
  readonly pageInfo: PageInfo;
};

/** An entry in a page of the audit trail. */
export type TimelineEdge = {
  readonly __typename?: 'TimelineEdge';
  /** The entry. */
  readonly node: TimelineEntry;
  /** The place of this entry in the trail. */
  readonly cursor: Scalars['String']['output'];
};

/** One version of one thing that a source said about the patient. Entries are never changed: a correction is a new one. */
export type TimelineEntry = {
  readonly __typename?: 'TimelineEntry';
  /** Id of the entry. */
  readonly id: Scalars['ID']['output'];
  /** Rises with every entry of the patient. */
  readonly revision: Scalars['Int']['output'];
  /** Where it comes from. */
  readonly sourceSystem: SourceSystem;
  /** The thing in its source: `Observation/123`, or study and series UID. */
  readonly sourceId: Scalars['String']['output'];
  /** Changes when the thing changes at its source. */
  readonly sourceVersion: Scalars['String']['output'];
  /** When it happened to the patient. */
  readonly occurredAt: Scalars['DateTime']['output'];
  /** When it ended; equal to `occurredAt` for a moment. */
  readonly occurredUntil: Scalars['DateTime']['output'];
  /** When the source says that it published this version; null where it does not say. */
  readonly issuedAt?: Maybe<Scalars['DateTime']['output']>;
  /** When this server learned it. */
  readonly recordedAt: Scalars['DateTime']['output'];
  /** What it says. */
  readonly body: TimelineBody;
};

/** A system of the hospital. */
export type SourceSystem =
  /** The health record, over FHIR R4. */
  | 'FHIR'
  /** The picture archive, over DICOMweb. */
  | 'DICOMWEB';

/** What an entry says. */
export type TimelineBody = Observation | Treatment | Condition | Procedure | AcquiredImage | Gap | Retraction;

/** A measurement. */
export type Observation = {
  readonly __typename?: 'Observation';
  /** Every code that the source gives for the same measurement. */
  readonly codes: ReadonlyArray<Coding>;
  /** The number, in `unit`; a bound where `comparator` is there. */
  readonly value: Scalars['Float']['output'];
  /** UCUM unit as the source used it. */
  readonly unit: Scalars['String']['output'];
  /** Present where only a bound is known, as in `<0.01`. */
  readonly comparator?: Maybe<Comparator>;
  /** True where the laboratory has not confirmed it yet. */
  readonly isPreliminary: Scalars['Boolean']['output'];
};

/** How a bound relates to the true value. */
export type Comparator =
  /** The true value is lower than the bound. */
  | 'LESS_THAN'
  /** The true value is at most the bound. */
  | 'AT_MOST'
  /** The true value is at least the bound. */
  | 'AT_LEAST'
  /** The true value is higher than the bound. */
  | 'MORE_THAN';

/** A treatment over the entry's interval. */
export type Treatment = {
  readonly __typename?: 'Treatment';
  /** Every code that the source gives for it. */
  readonly codes: ReadonlyArray<Coding>;
  /** Total amount over the whole interval, in `unit`. */
  readonly amount: Scalars['Float']['output'];
  /** UCUM unit of the amount. */
  readonly unit: Scalars['String']['output'];
  /** How sure it is that the patient got it. */
  readonly evidence: TreatmentEvidence;
};

/** How sure it is that a patient got a treatment. */
export type TreatmentEvidence =
  /** It was given (MedicationAdministration). */
  | 'ADMINISTRATION'
  /** It was reported to be taken (MedicationStatement). */
  | 'STATEMENT'
  /** It is planned (MedicationRequest). */
  | 'REQUEST';

/** A diagnosis. */
export type Condition = {
  readonly __typename?: 'Condition';
  /** Every code that the source gives for it. */
  readonly codes: ReadonlyArray<Coding>;
};

/** Something that was done to the patient. */
export type Procedure = {
  readonly __typename?: 'Procedure';
  /** Every code that the source gives for it. */
  readonly codes: ReadonlyArray<Coding>;
};

/** One series of images, read as one volume. The originals stay in the picture archive. */
export type AcquiredImage = {
  readonly __typename?: 'AcquiredImage';
  /** DICOM Study Instance UID. */
  readonly studyInstanceUid: Scalars['String']['output'];
  /** DICOM Series Instance UID. */
  readonly seriesInstanceUid: Scalars['String']['output'];
  /** DICOM modality. */
  readonly modality: Scalars['String']['output'];
  /** DICOM series description; null where absent. */
  readonly seriesDescription?: Maybe<Scalars['String']['output']>;
  /** The volume as acquired, before any alignment. */
  readonly image: Image;
  /** The body side that the images state; null where they state none. */
  readonly laterality?: Maybe<Laterality>;
  /** True where the images were compressed with loss at some time. */
  readonly isLossy: Scalars['Boolean']['output'];
  /** What a reader should know of this image, each in one sentence. */
  readonly caveats: ReadonlyArray<Scalars['String']['output']>;
};

/** A side of the body, seen from the patient. */
export type Laterality =
  /** Right. */
  | 'R'
  /** Left. */
  | 'L';

/** Something that should be here and is not. */
export type Gap = {
  readonly __typename?: 'Gap';
  /** What is missing. */
  readonly missing: MissingKind;
  /** Machine-readable cause. */
  readonly reason: Scalars['String']['output'];
  /** The cause in words for a clinician. */
  readonly message: Scalars['String']['output'];
  /** True where trying again later may fill the gap. */
  readonly isTransient: Scalars['Boolean']['output'];
};

/** What is missing in a gap. */
export type MissingKind =
  /** An image series. */
  | 'IMAGE'
  /** A measurement. */
  | 'OBSERVATION'
  /** A treatment. */
  | 'TREATMENT'
  /** A diagnosis. */
  | 'CONDITION'
  /** A procedure. */
  | 'PROCEDURE'
  /** A whole source did not answer. */
  | 'SOURCE';

/** The source withdrew what it said before. */
export type Retraction = {
  readonly __typename?: 'Retraction';
  /** Why it was withdrawn. */
  readonly reason: Scalars['String']['output'];
};

/**
 * A scalar volume. The paths are relative to this server and need the same bearer token; `pngPath` takes the query
 * parameters `slice`, `plane`, `window`, `level` and `colour`. A predicted picture is marked as one, burned in.
 */
export type Image = {
  readonly __typename?: 'Image';
  /** SHA-256 of the voxels, float32 little-endian, slices first: the same hash means the same picture. */
  readonly sha256: Scalars['String']['output'];
  /** What kind of picture it is. */
  readonly kind: ImageKind;
  /** Path of one slice as an 8-bit PNG. */
  readonly pngPath: Scalars['String']['output'];
  /** Path of the whole volume as a NIfTI-1 file, compressed with gzip. */
  readonly niftiPath: Scalars['String']['output'];
  /** Number of slices, rows and columns. */
  readonly shape: ReadonlyArray<Scalars['Int']['output']>;
  /** Distance between voxel centres in mm: slices, rows, columns. */
  readonly spacingMm: ReadonlyArray<Scalars['Float']['output']>;
  /** Position of the first voxel's centre, DICOM patient coordinates (LPS) in mm. */
  readonly originMm: ReadonlyArray<Scalars['Float']['output']>;
  /** 3x3 row-major; the columns are the LPS directions of growing column, row and slice index. */
  readonly direction: ReadonlyArray<Scalars['Float']['output']>;
  /** Range in which to display the voxels, in the voxels' own unit; null where the picture is not catalogued. */
  readonly displayRange?: Maybe<Range>;
};

/** What kind of picture it is. */
export type ImageKind =
  /** As acquired by the hospital. */
  | 'ACQUIRED'
  /** Acquired, then resampled into the twin's common space. */
  | 'REGISTERED'
  /** Made by a model. Not acquired. */
  | 'PREDICTED'
  /** A difference of two pictures. Not acquired. */
  | 'CHANGE'
  /** How uncertain a prediction is, voxel by voxel. Not acquired. */
  | 'UNCERTAINTY';

/** One imaging time point of a twin with everything aligned to it. */
export type Visit = {
  readonly __typename?: 'Visit';
  /** 0 is the oldest. */
  readonly index: Scalars['Int']['output'];
  /** When the image was acquired. */
  readonly occurredAt: Scalars['DateTime']['output'];
  /** Days since the visit before; null for the first. */
  readonly intervalDays?: Maybe<Scalars['Float']['output']>;
  /** True where this visit's image is the common space of the twin. */
  readonly isReference: Scalars['Boolean']['output'];
  /** The timeline entry of the image. */
  readonly entry: TimelineEntry;
  /** The image as acquired. */
  readonly image: Image;
  /** The image in the twin's common space; null where it is not aligned, or not yet. */
  readonly alignedImage?: Maybe<Image>;
  /** How the image was aligned to the reference; null for the reference itself, and before the alignment was tried. */
  readonly registration?: Maybe<Registration>;
  /** Last known value of each dynamic variable at this visit. */
  readonly values: ReadonlyArray<VisitValue>;
  /** Static variables as of this visit. */
  readonly statics: ReadonlyArray<StaticValue>;
  /** Amount of each treatment between the visit before and this one; for the first visit in the 30 days before it. */
  readonly exposures: ReadonlyArray<Exposure>;
};

/** A dynamic variable's last known value as a visit sees it. */
export type VisitValue = {
  readonly __typename?: 'VisitValue';
  /** Which variable. */
  readonly variable: Variable;
  /** Whether a value is known. */
  readonly status: ValueStatus;
  /** The value, in the variable's unit; null unless KNOWN. */
  readonly value?: Maybe<Scalars['Float']['output']>;
  /** The bound, in the variable's unit; null unless CENSORED. */
  readonly bound?: Maybe<Scalars['Float']['output']>;
  /** How the bound relates to the true value; null unless CENSORED. */
  readonly comparator?: Maybe<Comparator>;
  /** Days between the measurement and the visit; null where MISSING. */
  readonly ageDays?: Maybe<Scalars['Float']['output']>;
  /** When it was measured; null where MISSING. */
  readonly observedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The timeline entry that it comes from; null where MISSING. */
  readonly entry?: Maybe<TimelineEntry>;
  /** Why no value is known, for a clinician; null unless MISSING. */
  readonly reason?: Maybe<Scalars['String']['output']>;
};

/** Whether a value is known. */
export type ValueStatus =
  /** It is known. */
  | 'KNOWN'
  /** Only a bound is known, as in `<0.01`. */
  | 'CENSORED'
  /** It is not known; the reason says why. */
  | 'MISSING';

/** A static variable as of a visit. */
export type StaticValue = {
  readonly __typename?: 'StaticValue';
  /** Which variable. */
  readonly variable: Variable;
  /** Whether it is known. */
  readonly status: ValueStatus;
  /** The number, in the variable's unit; null where it is a category or missing. */
  readonly number?: Maybe<Scalars['Float']['output']>;
  /** The category; null where it is a number or missing. */
  readonly category?: Maybe<Scalars['String']['output']>;
  /** Why it is not known, for a clinician; null where it is. */
  readonly reason?: Maybe<Scalars['String']['output']>;
};

/** Amount of one treatment over the interval before a visit. */
export type Exposure = {
  readonly __typename?: 'Exposure';
  /** Which treatment. */
  readonly variable: Variable;
  /** Amount in the variable's unit. */
  readonly amount: Scalars['Float']['output'];
  /** Entries that the amount was summed from. */
  readonly entries: ReadonlyArray<TimelineEntry>;
  /** What had to be left out of the amount, each with its reason. */
  readonly unusable: ReadonlyArray<UnusableEntry>;
};

/** An entry that belongs to a treatment and could not be counted. */
export type UnusableEntry = {
  readonly __typename?: 'UnusableEntry';
  /** The entry. */
  readonly entry?: Maybe<TimelineEntry>;
  /** Why it could not be counted. */
  readonly reason: Scalars['String']['output'];
};

/** How a visit's image was aligned to the twin's reference image. */
export type Registration = {
  readonly __typename?: 'Registration';
  /** Whether the alignment can be trusted. */
  readonly verdict: RegistrationVerdict;
  /** Why it was flagged or refused, for a clinician; null when accepted. */
  readonly reason?: Maybe<Scalars['String']['output']>;
  /** What the result comes from: `identity` where the headers were right, `rigid`, `similarity`, `affine`, `elastix`, `prealigned`, `none`; `affine+ffd` and the like where the images were deformed. */
  readonly method: Scalars['String']['output'];
  /** What ran, in order, whether its result was used or not. */
  readonly stages: ReadonlyArray<Scalars['String']['output']>;
  /** Class of the global transform. */
  readonly transformKind: TransformKind;
  /** 4x4 row-major; maps a point of the reference to the visit's image, LPS mm. */
  readonly matrix: ReadonlyArray<Scalars['Float']['output']>;
  /** Similarity to the reference before; null where the images could not be compared. */
  readonly before?: Maybe<SimilarityMeasures>;
  /** Similarity to the reference after; null where the images could not be compared. */
  readonly after?: Maybe<SimilarityMeasures>;
  /** What was measured of the map itself; null where nothing could be compared. */
  readonly quality?: Maybe<RegistrationQuality>;
  /** The map voxel by voxel; null where the images were not deformed. */
  readonly field?: Maybe<DisplacementField>;
  /** A deformation that was tried and not used; null where none was. */
  readonly rejectedDeformation?: Maybe<RejectedDeformation>;
  /** How long it took, in ms. */
  readonly elapsedMs: Scalars['Float']['output'];
  /** When it was done. */
  readonly createdAt: Scalars['DateTime']['output'];
};

/** Whether an alignment can be trusted. */
export type RegistrationVerdict =
  /** Aligned; used for image forecasts. */
  | 'ACCEPTED'
  /** Aligned with a reservation; used, and shown. */
  | 'FLAGGED'
  /** Not aligned; kept out of image forecasts, the visit's values are kept. */
  | 'REFUSED';

/** Class of a spatial transform. */
export type TransformKind =
  /** Nothing moved. */
  | 'IDENTITY'
  /** Rotation and translation. */
  | 'RIGID'
  /** Rotation, translation and one scale. */
  | 'SIMILARITY'
  /** Rotation, translation, scale and shear. */
  | 'AFFINE';

/** How alike two images are inside the foreground mask; higher is more alike. */
export type SimilarityMeasures = {
  readonly __typename?: 'SimilarityMeasures';
  /** Mean structural similarity of denoised images, -1 to 1. */
  readonly maskedSsim: Scalars['Float']['output'];
  /** Normalised mutual information, 1 to 2. */
  readonly nmi: Scalars['Float']['output'];
  /** Normalised cross-correlation, -1 to 1. */
  readonly ncc: Scalars['Float']['output'];
};

/** What is measured of a map from the reference to an image. */
export type RegistrationQuality = {
  readonly __typename?: 'RegistrationQuality';
  /** Share of the reference's anatomy that the image covers, 0 to 1. */
  readonly coverage: Scalars['Float']['output'];
  /** Normalised mutual information gained over the position that the headers give; null where it cannot be said. */
  readonly nmiGain?: Maybe<Scalars['Float']['output']>;
  /** Mean distance in mm by which the way there and an independent way back miss the start; null where no way back was found. */
  readonly inverseConsistencyMm?: Maybe<Scalars['Float']['output']>;
  /** Percentage of the anatomy where the map folds over itself, 0 to 100. */
  readonly foldedPercent: Scalars['Float']['output'];
  /** Smallest ratio of volumes, image to reference; 1 keeps them, 0 and below is a fold. */
  readonly minimumJacobian: Scalars['Float']['output'];
};

/** A deformation that was tried and not used. */
export type RejectedDeformation = {
  readonly __typename?: 'RejectedDeformation';
  /** Why, for a clinician. */
  readonly reason: Scalars['String']['output'];
  /** Similarity that it reached; null where the images could not be compared. */
  readonly after?: Maybe<SimilarityMeasures>;
  /** What was measured of it. */
  readonly quality: RegistrationQuality;
};

/** A displacement per voxel: a point p of the reference lies at p + u(p) in the image, LPS mm. */
export type DisplacementField = {
  readonly __typename?: 'DisplacementField';
  /** SHA-256 of the vectors, float32 little-endian: all x, then all y, then all z, each slices first. */
  readonly sha256: Scalars['String']['output'];
  /** Path of the field as a NIfTI-1 file of vectors as ITK and ANTs read it (components LPS mm), compressed with gzip. */
  readonly niftiPath: Scalars['String']['output'];
  /** Number of slices, rows and columns: those of the reference, or every second, fourth ... of a large one. */
  readonly shape: ReadonlyArray<Scalars['Int']['output']>;
  /** Distance between vectors in mm: slices, rows, columns. */
  readonly spacingMm: ReadonlyArray<Scalars['Float']['output']>;
};

/** A page of forecasts. */
export type ForecastConnection = {
  readonly __typename?: 'ForecastConnection';
  /** The forecasts with their cursors. */
  readonly edges: ReadonlyArray<ForecastEdge>;
  /** The forecasts alone. */
  readonly nodes: ReadonlyArray<Forecast>;
  /** Where the page lies. */
  readonly pageInfo: PageInfo;
};

/** A forecast in a page. */
export type ForecastEdge = {
  readonly __typename?: 'ForecastEdge';
  /** The forecast. */
  readonly node: Forecast;
  /** The place of this forecast in the list. */
  readonly cursor: Scalars['String']['output'];
};

/**
 * A twin's answer for a target date: the next image and the next values together, each beside the answer "no change", with
 * the skill that the model has shown. The same model version, input hash and seed give the same bytes. For research use.
 */
export type Forecast = {
  readonly __typename?: 'Forecast';
  /** Id of the forecast. */
  readonly id: Scalars['ID']['output'];
  /** The twin that was asked. */
  readonly twin: DiseaseTwin;
  /** Where the forecast is in its life. */
  readonly status: ForecastStatus;
  /** Why it was declined, failed or cancelled, for a clinician. */
  readonly statusReason?: Maybe<Scalars['String']['output']>;
  /** The moment of knowledge: nothing that became known later was used. */
  readonly asOf: Scalars['DateTime']['output'];
  /** Which clock `asOf` is read on. */
  readonly clock: KnowledgeClock;
  /** Time of the last visit that could be used; horizons count from here. Null until the forecast ran. */
  readonly originAt?: Maybe<Scalars['DateTime']['output']>;
  /** The date that the answer is for. */
  readonly targetAt: Scalars['DateTime']['output'];
  /** Days from `originAt` to `targetAt`; null until the forecast ran. */
  readonly horizonDays?: Maybe<Scalars['Float']['output']>;
  /** The forecast that this what-if is about; null for a forecast under the plan. */
  readonly reference?: Maybe<Forecast>;
  /** What the what-if changes; empty for a forecast under the plan. */
  readonly interventions: ReadonlyArray<Intervention>;
  /** What a user calls this what-if; null where nobody has kept it under a name. */
  readonly name?: Maybe<Scalars['String']['output']>;
  /** The what-ifs about this forecast that were kept under a name, oldest first. */
  readonly namedScenarios: ReadonlyArray<Forecast>;
  /** The model that was asked. */
  readonly modelId: Scalars['String']['output'];
  /** Code, and data that the model was fitted on; null until the forecast ran. */
  readonly modelVersion?: Maybe<Scalars['String']['output']>;
  /** Seed of every random choice. */
  readonly seed: Scalars['Int']['output'];
  /** SHA-256 over every input; null until the forecast ran. */
  readonly inputHash?: Maybe<Scalars['String']['output']>;
  /** Model version, input hash and seed in one text: equal ids mean equal bytes. Null until the forecast ran. */
  readonly replayId?: Maybe<Scalars['String']['output']>;
  /** Every timeline entry that was used. */
  readonly inputs: ReadonlyArray<TimelineEntry>;
  /** The predicted image; null until the forecast ran, and where no image could be aligned. */
  readonly image?: Maybe<ForecastImage>;
  /** The predicted values, one per dynamic variable; empty until the forecast ran. */
  readonly values: ReadonlyArray<ForecastValue>;
  /** How far the question lies from what the model learned from; null where the model cannot tell. */
  readonly overlap?: Maybe<Overlap>;
  /** What each treatment would do up to the target, for this patient beside the population; empty where the model cannot tell. */
  readonly doseResponses: ReadonlyArray<DoseResponse>;
  /** The forecast beside what really came; null before anything came near the target. */
  readonly backTest?: Maybe<BackTest>;
  /** What had to be assumed, each in one sentence. */
  readonly assumptions: ReadonlyArray<Scalars['String']['output']>;
  /** How long the computation took, in ms. */
  readonly elapsedMs?: Maybe<Scalars['Float']['output']>;
  /** When it was asked for. */
  readonly createdAt: Scalars['DateTime']['output'];
  /** When it ended; null before. */
  readonly completedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The background work for this forecast. */
  readonly jobs: ReadonlyArray<Job>;
};

/** Where a forecast is in its life. */
export type ForecastStatus =
  /** Waiting for a worker. */
  | 'QUEUED'
  /** Being computed. */
  | 'RUNNING'
  /** Answered by the model. */
  | 'ISSUED'
  /** Answered with "no change", because the model has shown no skill here; the reason says more. */
  | 'DECLINED'
  /** No answer; the reason says why. */
  | 'FAILED'
  /** Stopped before it had an answer. */
  | 'CANCELLED';

/** The image part of a forecast. */
export type ForecastImage = {
  readonly __typename?: 'ForecastImage';
  /** The predicted image. */
  readonly image: Image;
  /** The last aligned image: the answer "no change". */
  readonly baseline: Image;
  /** Prediction minus baseline. */
  readonly change: Image;
  /** Half the width of each voxel's 90 % interval; null where the model gives none. */
  readonly uncertainty?: Maybe<Image>;
  /** The lesions that the model follows and their volumes; empty where it follows none. A what-if shows the same ones in the same order. */
  readonly lesions: ReadonlyArray<LesionVolume>;
  /** What the model has shown on other patients. */
  readonly skill: SkillStatement;
  /** True where the answer is "no change" because the model has shown no skill here. */
  readonly isDeclined: Scalars['Boolean']['output'];
  /** Why it was declined, for a clinician. */
  readonly reason?: Maybe<Scalars['String']['output']>;
};

/** The volume of one lesion: what is seen now, what is expected, and what the predicted image shows. */
export type LesionVolume = {
  readonly __typename?: 'LesionVolume';
  /** UCUM unit of the volumes: mL. */
  readonly unit: Scalars['String']['output'];
  /** Seen in the last image, as the image model outlines the lesion: the answer "no change". */
  readonly baseline: Scalars['Float']['output'];
  /** Expected at the target. */
  readonly value: Scalars['Float']['output'];
  /** Where the volume seen at the target is expected, by rising coverage. */
  readonly intervals: ReadonlyArray<PredictiveInterval>;
  /** Seen in the predicted image, which is drawn to show what is expected. */
  readonly drawn: Scalars['Float']['output'];
};

/** One value of a forecast. */
export type ForecastValue = {
  readonly __typename?: 'ForecastValue';
  /** Key of the variable within the disease definition. */
  readonly key: Scalars['String']['output'];
  /** The variable; null where this server no longer has the definition. */
  readonly variable?: Maybe<Variable>;
  /** UCUM unit of the numbers. */
  readonly unit: Scalars['String']['output'];
  /** The predicted value; null where no measurement exists to start from. */
  readonly value?: Maybe<Scalars['Float']['output']>;
  /** The last known value: the answer "no change". */
  readonly baseline?: Maybe<Scalars['Float']['output']>;
  /** Where the true value is expected, by rising coverage; empty where the model gives none. */
  readonly intervals: ReadonlyArray<PredictiveInterval>;
  /** What the model has shown on other patients. */
  readonly skill: SkillStatement;
  /** True where the answer is "no change" because the model has shown no skill here. */
  readonly isDeclined: Scalars['Boolean']['output'];
  /** Why there is no value or why it was declined, for a clinician. */
  readonly reason?: Maybe<Scalars['String']['output']>;
};

/** Holds the true value with a stated probability. */
export type PredictiveInterval = {
  readonly __typename?: 'PredictiveInterval';
  /** The probability, 0 to 1, such as 0.9. */
  readonly coverage: Scalars['Float']['output'];
  /** Lower end, in the unit of what is forecast. */
  readonly low: Scalars['Float']['output'];
  /** Upper end, in the unit of what is forecast. */
  readonly high: Scalars['Float']['output'];
};

/** How far a question lies from what the model learned from. */
export type Overlap = {
  readonly __typename?: 'Overlap';
  /** Share, 0 to 1, of what the model learned from that lies closer to the rest than this question does. */
  readonly quantile: Scalars['Float']['output'];
  /** True where the answer is an extrapolation. */
  readonly isOutside: Scalars['Boolean']['output'];
  /** What is unusual about the question, for a clinician; null where nothing is. */
  readonly reason?: Maybe<Scalars['String']['output']>;
};

/** What a treatment does to a variable up to the target, for this patient beside the population. */
export type DoseResponse = {
  readonly __typename?: 'DoseResponse';
  /** Key of the treatment. */
  readonly treatmentKey: Scalars['String']['output'];
  /** The treatment; null where this server no longer has the definition. */
  readonly treatment?: Maybe<Variable>;
  /** Key of the variable. */
  readonly variableKey: Scalars['String']['output'];
  /** The variable; null where this server no longer has the definition. */
  readonly variable?: Maybe<Variable>;
  /** By rising dose; the first is no treatment. */
  readonly points: ReadonlyArray<DoseResponsePoint>;
};

/** One dose of a dose-response. The bands hold the mean response with probability 0.9. */
export type DoseResponsePoint = {
  readonly __typename?: 'DoseResponsePoint';
  /** Replaces what is planned up to the target; in the treatment's unit per day. */
  readonly amountPerDay: Scalars['Float']['output'];
  /** Expected value at the target for this patient, in the variable's unit. */
  readonly value: Scalars['Float']['output'];
  /** Lower end of this patient's band. */
  readonly low: Scalars['Float']['output'];
  /** Upper end of this patient's band. */
  readonly high: Scalars['Float']['output'];
  /** Expected value at the target for the population's average patient from the same start. */
  readonly populationValue: Scalars['Float']['output'];
  /** Lower end of the population's band. */
  readonly populationLow: Scalars['Float']['output'];
  /** Upper end of the population's band. */
  readonly populationHigh: Scalars['Float']['output'];
};

/** What the twin's model believes of this patient's own dynamics. */
export type TwinPosterior = {
  readonly __typename?: 'TwinPosterior';
  /** The model. */
  readonly modelId: Scalars['String']['output'];
  /** Code, and data that the model was fitted on. */
  readonly modelVersion: Scalars['String']['output'];
  /** The moment of knowledge that it was learned at. */
  readonly asOf: Scalars['DateTime']['output'];
  /** SHA-256 of the model's own serialisation: the same timeline and population give the same bytes. */
  readonly sha256: Scalars['String']['output'];
  /** Intervals between measurements that it was learned from. */
  readonly intervals: Scalars['Int']['output'];
  /** How strongly each feature moves each variable in this patient, beside the population. */
  readonly effects: ReadonlyArray<PersonalEffect>;
};

/** How strongly a feature moves a variable in this patient, beside the population. */
export type PersonalEffect = {
  readonly __typename?: 'PersonalEffect';
  /** Key of the variable that is moved. */
  readonly variable: Scalars['String']['output'];
  /** The feature that moves it, in words. */
  readonly feature: Scalars['String']['output'];
  /** True for a feature that a network made of others, which the words name: nobody can say what it is. */
  readonly isLearned: Scalars['Boolean']['output'];
  /** Expected effect in this patient. */
  readonly mean: Scalars['Float']['output'];
  /** How uncertain it is. */
  readonly standardDeviation: Scalars['Float']['output'];
  /** Mean over the population. */
  readonly populationMean: Scalars['Float']['output'];
  /** Spread of the population. */
  readonly populationStandardDeviation: Scalars['Float']['output'];
};

/** A forecast beside what really came. */
export type BackTest = {
  readonly __typename?: 'BackTest';
  /** The forecast that was scored. */
  readonly forecast: Forecast;
  /** When it was scored last. */
  readonly scoredAt: Scalars['DateTime']['output'];
  /** One per variable that was measured near the target. */
  readonly values: ReadonlyArray<BackTestValue>;
  /** Null until an image near the target was aligned. */
  readonly image?: Maybe<BackTestImage>;
};

/** One value of a forecast beside its measurement. */
export type BackTestValue = {
  readonly __typename?: 'BackTestValue';
  /** Key of the variable. */
  readonly key: Scalars['String']['output'];
  /** UCUM unit of the numbers. */
  readonly unit: Scalars['String']['output'];
  /** What was forecast. */
  readonly predicted: Scalars['Float']['output'];
  /** The answer "no change". */
  readonly baseline: Scalars['Float']['output'];
  /** What was measured. */
  readonly observed: Scalars['Float']['output'];
  /** When it was measured. */
  readonly observedAt: Scalars['DateTime']['output'];
  /** Whether the 90 % interval held it; null where the forecast gave none. */
  readonly isInside90?: Maybe<Scalars['Boolean']['output']>;
};

/** The image of a forecast beside the one that came. */
export type BackTestImage = {
  readonly __typename?: 'BackTestImage';
  /** The timeline entry of the image that came. */
  readonly entry?: Maybe<TimelineEntry>;
  /** When it was acquired. */
  readonly observedAt: Scalars['DateTime']['output'];
  /** Mean squared error of the forecast over all voxels, in the voxels' unit squared. */
  readonly mse: Scalars['Float']['output'];
  /** The same of the answer "no change". */
  readonly baselineMse: Scalars['Float']['output'];
};

/** How much better than "no change" the model did on patients that it was not fitted on, for this horizon. */
export type SkillStatement = {
  readonly __typename?: 'SkillStatement';
  /** 1 - MSE(model) / MSE(no change), at most 1; 0 or less means no skill. Null where too few others exist to tell. */
  readonly skill?: Maybe<Scalars['Float']['output']>;
  /** On how many patients it was measured. */
  readonly patients: Scalars['Int']['output'];
  /** On how many intervals it was measured. */
  readonly intervals: Scalars['Int']['output'];
  /** The factor, 0 to 1, that the model's predicted change was multiplied with. */
  readonly shrinkage: Scalars['Float']['output'];
};

/** What a what-if changes. */
export type Intervention = TreatmentIntervention | ValueIntervention;

/** Another dose of a treatment over an interval. */
export type TreatmentIntervention = {
  readonly __typename?: 'TreatmentIntervention';
  /** Key of the treatment. */
  readonly key: Scalars['String']['output'];
  /** Start, included. */
  readonly from: Scalars['DateTime']['output'];
  /** End, not included. */
  readonly to: Scalars['DateTime']['output'];
  /** Replaces whatever is planned in the interval; in the treatment's unit per day. */
  readonly amountPerDay: Scalars['Float']['output'];
};

/** Another last known value of a variable. */
export type ValueIntervention = {
  readonly __typename?: 'ValueIntervention';
  /** Key of the variable. */
  readonly key: Scalars['String']['output'];
  /** Replaces the last known value; in the variable's unit. */
  readonly value: Scalars['Float']['output'];
};

/** A what-if beside its reference. */
export type ForecastComparison = {
  readonly __typename?: 'ForecastComparison';
  /** The forecast under the plan. */
  readonly reference: Forecast;
  /** The what-if. */
  readonly scenario: Forecast;
  /** The difference of the images; null where one of the two has no image. */
  readonly image?: Maybe<ImageDifference>;
  /** The differences of the values. */
  readonly values: ReadonlyArray<ValueDifference>;
};

/** Difference of two predicted images, scenario minus reference. */
export type ImageDifference = {
  readonly __typename?: 'ImageDifference';
  /** The difference as a picture. */
  readonly image: Image;
  /** Mean of the absolute differences, in the voxels' unit. */
  readonly meanAbsoluteDifference: Scalars['Float']['output'];
  /** Highest absolute difference, in the voxels' unit. */
  readonly maximumAbsoluteDifference: Scalars['Float']['output'];
  /** True where both pictures are the same bytes. */
  readonly isIdentical: Scalars['Boolean']['output'];
  /** Difference of each lesion's expected volume; empty where one of the forecasts follows no lesion. */
  readonly lesions: ReadonlyArray<LesionVolumeDifference>;
};

/** Difference of the expected volume of one lesion, scenario minus reference. */
export type LesionVolumeDifference = {
  readonly __typename?: 'LesionVolumeDifference';
  /** UCUM unit of the volumes: mL. */
  readonly unit: Scalars['String']['output'];
  /** Expected under the plan. */
  readonly reference: Scalars['Float']['output'];
  /** Expected under the what-if. */
  readonly scenario: Scalars['Float']['output'];
  /** Scenario minus reference. */
  readonly difference: Scalars['Float']['output'];
};

/** Difference of one predicted value, scenario minus reference. */
export type ValueDifference = {
  readonly __typename?: 'ValueDifference';
  /** Key of the variable. */
  readonly key: Scalars['String']['output'];
  /** UCUM unit of the numbers. */
  readonly unit: Scalars['String']['output'];
  /** Under the plan; null where it has no value. */
  readonly reference?: Maybe<Scalars['Float']['output']>;
  /** Under the what-if; null where it has no value. */
  readonly scenario?: Maybe<Scalars['Float']['output']>;
  /** Scenario minus reference; null where one of them is. */
  readonly difference?: Maybe<Scalars['Float']['output']>;
};

/** Something that happened to a twin. */
export type TwinEvent = {
  readonly __typename?: 'TwinEvent';
  /** 1, 2, 3, ... within the twin, without gaps. */
  readonly seq: Scalars['Int']['output'];
  /** What happened. */
  readonly type: TwinEventType;
  /** The same in one sentence. */
  readonly message: Scalars['String']['output'];
  /** When it happened. */
  readonly createdAt: Scalars['DateTime']['output'];
  /** The twin that it happened to. */
  readonly twin: DiseaseTwin;
  /** The forecast that it is about, if any. */
  readonly forecast?: Maybe<Forecast>;
  /** The timeline entry that it is about, if any. */
  readonly entry?: Maybe<TimelineEntry>;
};

/** What happened to a twin. */
export type TwinEventType =
  /** The twin was made. */
  | 'TWIN_CREATED'
  /** A synchronisation with the hospital started. */
  | 'SYNC_STARTED'
  /** The timeline has new entries. */
  | 'TIMELINE_CHANGED'
  /** Something that should be there is missing. */
  | 'GAP_FOUND'
  /** An image was aligned, or refused. */
  | 'VISIT_REGISTERED'
  /** The twin's status changed. */
  | 'STATUS_CHANGED'
  /** A forecast or what-if was asked for. */
  | 'FORECAST_REQUESTED'
  /** A forecast has its answer. */
  | 'FORECAST_ISSUED'
  /** A forecast was answered with "no change". */
  | 'FORECAST_DECLINED'
  /** A forecast failed. */
  | 'FORECAST_FAILED'
  /** A forecast was stopped. */
  | 'FORECAST_CANCELLED'
  /** A forecast was compared with what came. */
  | 'FORECAST_SCORED';

/** A piece of background work. */
export type Job = {
  readonly __typename?: 'Job';
  /** Id of the job. */
  readonly id: Scalars['ID']['output'];
  /** What it does. */
  readonly kind: JobKind;
  /** Id of the patient, twin or forecast that it works for. */
  readonly subjectId: Scalars['ID']['output'];
  /** Where it is in its life. */
  readonly status: JobStatus;
  /** How much is done, 0 to 1. */
  readonly progress: Scalars['Float']['output'];
  /** The step that it is at, or why it failed. */
  readonly message?: Maybe<Scalars['String']['output']>;
  /** How often it was started. */
  readonly attempt: Scalars['Int']['output'];
  /** When it was asked for. */
  readonly createdAt: Scalars['DateTime']['output'];
  /** When it last changed. */
  readonly updatedAt: Scalars['DateTime']['output'];
};

/** What a job does. */
export type JobKind =
  /** Pulls a patient's record and images. */
  | 'SYNC_PATIENT'
  /** Aligns a twin's visits. */
  | 'REGISTER_TWIN'
  /** Computes a forecast. */
  | 'ISSUE_FORECAST';

/** Where a job is in its life. */
export type JobStatus =
  /** Waiting for a worker, or for another try. */
  | 'QUEUED'
  /** A worker is on it. */
  | 'RUNNING'
  /** Done. */
  | 'SUCCEEDED'
  /** Given up; the message says why. */
  | 'FAILED'
  /** Stopped. */
  | 'CANCELLED';

/** The server itself. */
export type Server = {
  readonly __typename?: 'Server';
  /** Version of this server. */
  readonly version: Scalars['String']['output'];
  /** What networks are computed with, in words: its version, the kinds of device that it can use here, and what image forecasts are computed on. */
  readonly engine: Scalars['String']['output'];
  /** Name of the processor or the graphics device that networks run on. */
  readonly device: Scalars['String']['output'];
  /** How many computations run at the same time, a thread each. */
  readonly threads: Scalars['Int']['output'];
  /** Models that forecasts can ask for. */
  readonly modelIds: ReadonlyArray<Scalars['String']['output']>;
};

/** Why a request was refused, for programs. */
export type RefusalReason =
  /** There is no such thing, or not in the caller's hospital. */
  | 'NOT_FOUND'
  /** The caller may not do this. */
  | 'FORBIDDEN'
  /** A field of the input cannot be used; `field` says which. */
  | 'INVALID_INPUT'
  /** There is one already. */
  | 'ALREADY_EXISTS'
  /** The thing is in a state that does not allow it. */
  | 'CONFLICT'
  /** There are too few visits that can be used. */
  | 'INSUFFICIENT_HISTORY'
  /** A system of the hospital does not answer. */
  | 'SOURCE_UNAVAILABLE'
  /** A system of the hospital answered with less than the whole. */
  | 'SOURCE_INCOMPLETE'
  /** This server cannot do that. */
  | 'UNSUPPORTED'
  /** It is larger than the limits allow. */
  | 'TOO_LARGE'
  /** It was cancelled. */
  | 'CANCELLED';

/** An expected outcome that is not a success. */
export type UserError = {
  /** Why, for programs. */
  readonly reason: RefusalReason;
  /** Why, in words for a clinician. */
  readonly message: Scalars['String']['output'];
  /** Path of the input field at fault, such as `interventions[0].treatment.amountPerDay`; null where no field is. */
  readonly field?: Maybe<Scalars['String']['output']>;
};

/** The request was understood and refused. */
export type Refusal = UserError & {
  readonly __typename?: 'Refusal';
  /** Why, for programs. */
  readonly reason: RefusalReason;
  /** Why, in words for a clinician. */
  readonly message: Scalars['String']['output'];
  /** Path of the input field at fault, such as `interventions[0].treatment.amountPerDay`; null where no field is. */
  readonly field?: Maybe<Scalars['String']['output']>;
};

/** A comparison, or why there is none. */
export type CompareForecastsResult = ForecastComparison | Refusal;

/** For which patient and disease to make a twin. */
export type CreateDiseaseTwinInput = {
  /** Id that this server gave to the patient. */
  readonly patientId: Scalars['ID']['input'];
  /** Id of the disease definition. */
  readonly disease: Scalars['String']['input'];
};

/** A new twin, or why there is none. */
export type CreateDiseaseTwinResult = CreateDiseaseTwinSuccess | Refusal;

/** The twin was made. */
export type CreateDiseaseTwinSuccess = {
  readonly __typename?: 'CreateDiseaseTwinSuccess';
  /** The new twin. */
  readonly twin: DiseaseTwin;
  /** Its first synchronisation. */
  readonly job: Job;
};

/** A synchronisation, or why there is none. */
export type SyncPatientResult = SyncPatientSuccess | Refusal;

/** The synchronisation is queued. */
export type SyncPatientSuccess = {
  readonly __typename?: 'SyncPatientSuccess';
  /** The patient. */
  readonly patient: Patient;
  /** The synchronisation. */
  readonly job: Job;
};

/** The question to a twin. At most one of `targetDate` and `horizonDays`; neither means the definition's default horizon. */
export type RequestForecastInput = {
  /** Id of the twin. */
  readonly twinId: Scalars['ID']['input'];
  /** The date that the answer is for. */
  readonly targetDate?: InputMaybe<Scalars['DateTime']['input']>;
  /** Days after the last visit whose image can be used; 0 gives that visit back. */
  readonly horizonDays?: InputMaybe<Scalars['Float']['input']>;
  /** The model to ask; the twin's own where absent. */
  readonly modelId?: InputMaybe<Scalars['String']['input']>;
  /** Seed of every random choice; a fixed one where absent, so that the same question gets the same answer. */
  readonly seed?: InputMaybe<Scalars['NonNegativeInt']['input']>;
  /** The moment of knowledge; now where absent. Nothing that became known later is used. */
  readonly asOf?: InputMaybe<Scalars['DateTime']['input']>;
  /** Which clock `asOf` is read on. */
  readonly clock?: KnowledgeClock;
};

/** A queued forecast, or why there is none. */
export type RequestForecastResult = RequestForecastSuccess | Refusal;

/** The forecast is queued. */
export type RequestForecastSuccess = {
  readonly __typename?: 'RequestForecastSuccess';
  /** The forecast, to be followed through `twinEvents` or `jobProgress`. */
  readonly forecast: Forecast;
  /** The job that computes it. */
  readonly job: Job;
};

/** The earlier forecast and what should be different. */
export type RunScenarioInput = {
  /** Id of the earlier forecast. */
  readonly forecastId: Scalars['ID']['input'];
  /** What should be different, at most 20; none must give the earlier answer again. */
  readonly interventions: ReadonlyArray<InterventionInput>;
};

/** One thing that should be different. */
export type InterventionInput =
  /** Another dose of a treatment over an interval. */
  { readonly treatment: TreatmentInterventionInput; readonly value?: never; }
  |  /** Another last known value of a variable. */
  { readonly treatment?: never; readonly value: ValueInterventionInput; };

/** Another dose of a treatment over an interval. */
export type TreatmentInterventionInput = {
  /** Key of a treatment variable of the definition. */
  readonly key: Scalars['String']['input'];
  /** Start, included. */
  readonly from: Scalars['DateTime']['input'];
  /** End, not included. */
  readonly to: Scalars['DateTime']['input'];
  /** Replaces whatever is planned in the interval; 0 or more, in the treatment's unit per day. */
  readonly amountPerDay: Scalars['Float']['input'];
};

/** Another last known value of a variable. */
export type ValueInterventionInput = {
  /** Key of a dynamic variable of the definition. */
  readonly key: Scalars['String']['input'];
  /** Replaces the last known value; in the variable's unit. */
  readonly value: Scalars['Float']['input'];
};

/** A queued what-if, or why there is none. */
export type RunScenarioResult = RunScenarioSuccess | Refusal;

/** The what-if is queued. */
export type RunScenarioSuccess = {
  readonly __typename?: 'RunScenarioSuccess';
  /** The what-if. */
  readonly forecast: Forecast;
  /** The forecast that it is about. */
  readonly reference: Forecast;
  /** The job that computes it. */
  readonly job: Job;
};

/** A named what-if, or why it is not. */
export type NameScenarioResult = NameScenarioSuccess | Refusal;

/** The what-if is kept under the name. */
export type NameScenarioSuccess = {
  readonly __typename?: 'NameScenarioSuccess';
  /** The what-if. */
  readonly forecast: Forecast;
};

/** A retired twin, or why it is not. */
export type RetireDiseaseTwinResult = RetireDiseaseTwinSuccess | Refusal;

/** The twin is retired. */
export type RetireDiseaseTwinSuccess = {
  readonly __typename?: 'RetireDiseaseTwinSuccess';
  /** The twin. */
  readonly twin: DiseaseTwin;
};

/** A stopped job, or why it is not. */
export type CancelJobResult = CancelJobSuccess | Refusal;

/** The job is stopped. */
export type CancelJobSuccess = {
  readonly __typename?: 'CancelJobSuccess';
  /** The job. */
  readonly job: Job;
};



export type ResolverTypeWrapper<T> = Promise<T> | T;


export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;



/** Mapping of union types */
export type ResolversUnionTypes<_RefType extends Record<string, unknown>> = {
  TimelineBody:
    | ( DomainObservationBody )
    | ( DomainTreatmentBody )
    | ( DomainConditionBody )
    | ( DomainProcedureBody )
    | ( DomainImageBody )
    | ( DomainGapBody )
    | ( DomainRetractionBody )
  ;
  Intervention:
    | ( TreatmentInterventionParent )
    | ( ValueInterventionParent )
  ;
  CompareForecastsResult:
    | ( DomainForecastComparison )
    | ( Refused )
  ;
  CreateDiseaseTwinResult:
    | ( Omit<CreateDiseaseTwinSuccess, 'twin' | 'job'> & { twin: _RefType['DiseaseTwin'], job: _RefType['Job'] } )
    | ( Refused )
  ;
  SyncPatientResult:
    | ( Omit<SyncPatientSuccess, 'patient' | 'job'> & { patient: _RefType['Patient'], job: _RefType['Job'] } )
    | ( Refused )
  ;
  RequestForecastResult:
    | ( Omit<RequestForecastSuccess, 'forecast' | 'job'> & { forecast: _RefType['Forecast'], job: _RefType['Job'] } )
    | ( Refused )
  ;
  RunScenarioResult:
    | ( Omit<RunScenarioSuccess, 'forecast' | 'reference' | 'job'> & { forecast: _RefType['Forecast'], reference: _RefType['Forecast'], job: _RefType['Job'] } )
    | ( Refused )
  ;
  NameScenarioResult:
    | ( Omit<NameScenarioSuccess, 'forecast'> & { forecast: _RefType['Forecast'] } )
    | ( Refused )
  ;
  RetireDiseaseTwinResult:
    | ( Omit<RetireDiseaseTwinSuccess, 'twin'> & { twin: _RefType['DiseaseTwin'] } )
    | ( Refused )
  ;
  CancelJobResult:
    | ( Omit<CancelJobSuccess, 'job'> & { job: _RefType['Job'] } )
    | ( Refused )
  ;
};

/** Mapping of interface types */
export type ResolversInterfaceTypes<_RefType extends Record<string, unknown>> = {
  UserError: ( Refused );
};

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  Permission: Permission;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  NonNegativeInt: ResolverTypeWrapper<Scalars['NonNegativeInt']['output']>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  PatientConnection: ResolverTypeWrapper<PatientPage>;
  PatientEdge: ResolverTypeWrapper<Omit<PatientEdge, 'node'> & { node: ResolversTypes['Patient'] }>;
  Patient: ResolverTypeWrapper<DomainPatient>;
  Identifier: ResolverTypeWrapper<DomainIdentifier>;
  AdministrativeGender: AdministrativeGender;
  DiseaseTwinConnection: ResolverTypeWrapper<DiseaseTwinPage>;
  DiseaseTwinEdge: ResolverTypeWrapper<Omit<DiseaseTwinEdge, 'node'> & { node: ResolversTypes['DiseaseTwin'] }>;
  DiseaseTwin: ResolverTypeWrapper<DomainDiseaseTwin>;
  TwinStatus: TwinStatus;
  KnowledgeClock: KnowledgeClock;
  DiseaseDefinition: ResolverTypeWrapper<DomainDiseaseDefinition>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  RegistrationPlan: ResolverTypeWrapper<DomainRegistrationPlan>;
  AcceptanceMeasure: AcceptanceMeasure;
  Coding: ResolverTypeWrapper<DomainCoding>;
  Variable: ResolverTypeWrapper<DomainVariable>;
  VariableRole: VariableRole;
  Range: ResolverTypeWrapper<RangeParent>;
  TimelineConnection: ResolverTypeWrapper<TimelinePage>;
  TimelineEdge: ResolverTypeWrapper<Omit<TimelineEdge, 'node'> & { node: ResolversTypes['TimelineEntry'] }>;
  TimelineEntry: ResolverTypeWrapper<DomainTimelineEntry>;
  SourceSystem: SourceSystem;
  TimelineBody: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['TimelineBody']>;
  Observation: ResolverTypeWrapper<DomainObservationBody>;
  Comparator: Comparator;
  Treatment: ResolverTypeWrapper<DomainTreatmentBody>;
  TreatmentEvidence: TreatmentEvidence;
  Condition: ResolverTypeWrapper<DomainConditionBody>;
  Procedure: ResolverTypeWrapper<DomainProcedureBody>;
  AcquiredImage: ResolverTypeWrapper<DomainImageBody>;
  Laterality: Laterality;
  Gap: ResolverTypeWrapper<DomainGapBody>;
  MissingKind: MissingKind;
  Retraction: ResolverTypeWrapper<DomainRetractionBody>;
  Image: ResolverTypeWrapper<ImageParent>;
  ImageKind: ImageKind;
  Visit: ResolverTypeWrapper<VisitParent>;
  VisitValue: ResolverTypeWrapper<VisitValueParent>;
  ValueStatus: ValueStatus;
  StaticValue: ResolverTypeWrapper<StaticValueParent>;
  Exposure: ResolverTypeWrapper<ExposureParent>;
  UnusableEntry: ResolverTypeWrapper<UnusableEntryParent>;
  Registration: ResolverTypeWrapper<DomainVisitRegistration>;
  RegistrationVerdict: RegistrationVerdict;
  TransformKind: TransformKind;
  SimilarityMeasures: ResolverTypeWrapper<SimilarityMeasures>;
  RegistrationQuality: ResolverTypeWrapper<DomainRegistrationQuality>;
  RejectedDeformation: ResolverTypeWrapper<Omit<RejectedDeformation, 'quality'> & { quality: ResolversTypes['RegistrationQuality'] }>;
  DisplacementField: ResolverTypeWrapper<DomainStoredField>;
  ForecastConnection: ResolverTypeWrapper<ForecastPage>;
  ForecastEdge: ResolverTypeWrapper<Omit<ForecastEdge, 'node'> & { node: ResolversTypes['Forecast'] }>;
  Forecast: ResolverTypeWrapper<DomainForecast>;
  ForecastStatus: ForecastStatus;
  ForecastImage: ResolverTypeWrapper<DomainForecastImage>;
  LesionVolume: ResolverTypeWrapper<DomainForecastLesion>;
  ForecastValue: ResolverTypeWrapper<ForecastValueParent>;
  PredictiveInterval: ResolverTypeWrapper<PredictiveInterval>;
  Overlap: ResolverTypeWrapper<Overlap>;
  DoseResponse: ResolverTypeWrapper<DoseResponseParent>;
  DoseResponsePoint: ResolverTypeWrapper<DoseResponsePoint>;
  TwinPosterior: ResolverTypeWrapper<DomainTwinPosterior>;
  PersonalEffect: ResolverTypeWrapper<PersonalEffect>;
  BackTest: ResolverTypeWrapper<DomainBackTest>;
  BackTestValue: ResolverTypeWrapper<DomainBackTestValue>;
  BackTestImage: ResolverTypeWrapper<DomainBackTestImage>;
  SkillStatement: ResolverTypeWrapper<DomainSkillStatement>;
  Intervention: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['Intervention']>;
  TreatmentIntervention: ResolverTypeWrapper<TreatmentInterventionParent>;
  ValueIntervention: ResolverTypeWrapper<ValueInterventionParent>;
  ForecastComparison: ResolverTypeWrapper<DomainForecastComparison>;
  ImageDifference: ResolverTypeWrapper<ImageDifferenceParent>;
  LesionVolumeDifference: ResolverTypeWrapper<DomainLesionDifference>;
  ValueDifference: ResolverTypeWrapper<ValueDifferenceParent>;
  TwinEvent: ResolverTypeWrapper<DomainTwinEvent>;
  TwinEventType: TwinEventType;
  Job: ResolverTypeWrapper<DomainJobRun>;
  JobKind: JobKind;
  JobStatus: JobStatus;
  Server: ResolverTypeWrapper<ServerDescription>;
  RefusalReason: RefusalReason;
  UserError: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['UserError']>;
  Refusal: ResolverTypeWrapper<Refused>;
  CompareForecastsResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['CompareForecastsResult']>;
  CreateDiseaseTwinInput: CreateDiseaseTwinInput;
  CreateDiseaseTwinResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['CreateDiseaseTwinResult']>;
  CreateDiseaseTwinSuccess: ResolverTypeWrapper<Omit<CreateDiseaseTwinSuccess, 'twin' | 'job'> & { twin: ResolversTypes['DiseaseTwin'], job: ResolversTypes['Job'] }>;
  SyncPatientResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['SyncPatientResult']>;
  SyncPatientSuccess: ResolverTypeWrapper<Omit<SyncPatientSuccess, 'patient' | 'job'> & { patient: ResolversTypes['Patient'], job: ResolversTypes['Job'] }>;
  RequestForecastInput: RequestForecastInput;
  RequestForecastResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['RequestForecastResult']>;
  RequestForecastSuccess: ResolverTypeWrapper<Omit<RequestForecastSuccess, 'forecast' | 'job'> & { forecast: ResolversTypes['Forecast'], job: ResolversTypes['Job'] }>;
  RunScenarioInput: RunScenarioInput;
  InterventionInput: InterventionInput;
  TreatmentInterventionInput: TreatmentInterventionInput;
  ValueInterventionInput: ValueInterventionInput;
  RunScenarioResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['RunScenarioResult']>;
  RunScenarioSuccess: ResolverTypeWrapper<Omit<RunScenarioSuccess, 'forecast' | 'reference' | 'job'> & { forecast: ResolversTypes['Forecast'], reference: ResolversTypes['Forecast'], job: ResolversTypes['Job'] }>;
  NameScenarioResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['NameScenarioResult']>;
  NameScenarioSuccess: ResolverTypeWrapper<Omit<NameScenarioSuccess, 'forecast'> & { forecast: ResolversTypes['Forecast'] }>;
  RetireDiseaseTwinResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['RetireDiseaseTwinResult']>;
  RetireDiseaseTwinSuccess: ResolverTypeWrapper<Omit<RetireDiseaseTwinSuccess, 'twin'> & { twin: ResolversTypes['DiseaseTwin'] }>;
  CancelJobResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['CancelJobResult']>;
  CancelJobSuccess: ResolverTypeWrapper<Omit<CancelJobSuccess, 'job'> & { job: ResolversTypes['Job'] }>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  DateTime: Scalars['DateTime']['output'];
  NonNegativeInt: Scalars['NonNegativeInt']['output'];
  Query: Record<PropertyKey, never>;
  Int: Scalars['Int']['output'];
  String: Scalars['String']['output'];
  ID: Scalars['ID']['output'];
  Mutation: Record<PropertyKey, never>;
  Subscription: Record<PropertyKey, never>;
  PageInfo: PageInfo;
  Boolean: Scalars['Boolean']['output'];
  PatientConnection: PatientPage;
  PatientEdge: Omit<PatientEdge, 'node'> & { node: ResolversParentTypes['Patient'] };
  Patient: DomainPatient;
  Identifier: DomainIdentifier;
  DiseaseTwinConnection: DiseaseTwinPage;
  DiseaseTwinEdge: Omit<DiseaseTwinEdge, 'node'> & { node: ResolversParentTypes['DiseaseTwin'] };
  DiseaseTwin: DomainDiseaseTwin;
  DiseaseDefinition: DomainDiseaseDefinition;
  Float: Scalars['Float']['output'];
  RegistrationPlan: DomainRegistrationPlan;
  Coding: DomainCoding;
  Variable: DomainVariable;
  Range: RangeParent;
  TimelineConnection: TimelinePage;
  TimelineEdge: Omit<TimelineEdge, 'node'> & { node: ResolversParentTypes['TimelineEntry'] };
  TimelineEntry: DomainTimelineEntry;
  TimelineBody: ResolversUnionTypes<ResolversParentTypes>['TimelineBody'];
  Observation: DomainObservationBody;
  Treatment: DomainTreatmentBody;
  Condition: DomainConditionBody;
  Procedure: DomainProcedureBody;
  AcquiredImage: DomainImageBody;
  Gap: DomainGapBody;
  Retraction: DomainRetractionBody;
  Image: ImageParent;
  Visit: VisitParent;
  VisitValue: VisitValueParent;
  StaticValue: StaticValueParent;
  Exposure: ExposureParent;
  UnusableEntry: UnusableEntryParent;
  Registration: DomainVisitRegistration;
  SimilarityMeasures: SimilarityMeasures;
  RegistrationQuality: DomainRegistrationQuality;
  RejectedDeformation: Omit<RejectedDeformation, 'quality'> & { quality: ResolversParentTypes['RegistrationQuality'] };
  DisplacementField: DomainStoredField;
  ForecastConnection: ForecastPage;
  ForecastEdge: Omit<ForecastEdge, 'node'> & { node: ResolversParentTypes['Forecast'] };
  Forecast: DomainForecast;
  ForecastImage: DomainForecastImage;
  LesionVolume: DomainForecastLesion;
  ForecastValue: ForecastValueParent;
  PredictiveInterval: PredictiveInterval;
  Overlap: Overlap;
  DoseResponse: DoseResponseParent;
  DoseResponsePoint: DoseResponsePoint;
  TwinPosterior: DomainTwinPosterior;
  PersonalEffect: PersonalEffect;
  BackTest: DomainBackTest;
  BackTestValue: DomainBackTestValue;
  BackTestImage: DomainBackTestImage;
  SkillStatement: DomainSkillStatement;
  Intervention: ResolversUnionTypes<ResolversParentTypes>['Intervention'];
  TreatmentIntervention: TreatmentInterventionParent;
  ValueIntervention: ValueInterventionParent;
  ForecastComparison: DomainForecastComparison;
  ImageDifference: ImageDifferenceParent;
  LesionVolumeDifference: DomainLesionDifference;
  ValueDifference: ValueDifferenceParent;
  TwinEvent: DomainTwinEvent;
  Job: DomainJobRun;
  Server: ServerDescription;
  UserError: ResolversInterfaceTypes<ResolversParentTypes>['UserError'];
  Refusal: Refused;
  CompareForecastsResult: ResolversUnionTypes<ResolversParentTypes>['CompareForecastsResult'];
  CreateDiseaseTwinInput: CreateDiseaseTwinInput;
  CreateDiseaseTwinResult: ResolversUnionTypes<ResolversParentTypes>['CreateDiseaseTwinResult'];
  CreateDiseaseTwinSuccess: Omit<CreateDiseaseTwinSuccess, 'twin' | 'job'> & { twin: ResolversParentTypes['DiseaseTwin'], job: ResolversParentTypes['Job'] };
  SyncPatientResult: ResolversUnionTypes<ResolversParentTypes>['SyncPatientResult'];
  SyncPatientSuccess: Omit<SyncPatientSuccess, 'patient' | 'job'> & { patient: ResolversParentTypes['Patient'], job: ResolversParentTypes['Job'] };
  RequestForecastInput: RequestForecastInput;
  RequestForecastResult: ResolversUnionTypes<ResolversParentTypes>['RequestForecastResult'];
  RequestForecastSuccess: Omit<RequestForecastSuccess, 'forecast' | 'job'> & { forecast: ResolversParentTypes['Forecast'], job: ResolversParentTypes['Job'] };
  RunScenarioInput: RunScenarioInput;
  InterventionInput: InterventionInput;
  TreatmentInterventionInput: TreatmentInterventionInput;
  ValueInterventionInput: ValueInterventionInput;
  RunScenarioResult: ResolversUnionTypes<ResolversParentTypes>['RunScenarioResult'];
  RunScenarioSuccess: Omit<RunScenarioSuccess, 'forecast' | 'reference' | 'job'> & { forecast: ResolversParentTypes['Forecast'], reference: ResolversParentTypes['Forecast'], job: ResolversParentTypes['Job'] };
  NameScenarioResult: ResolversUnionTypes<ResolversParentTypes>['NameScenarioResult'];
  NameScenarioSuccess: Omit<NameScenarioSuccess, 'forecast'> & { forecast: ResolversParentTypes['Forecast'] };
  RetireDiseaseTwinResult: ResolversUnionTypes<ResolversParentTypes>['RetireDiseaseTwinResult'];
  RetireDiseaseTwinSuccess: Omit<RetireDiseaseTwinSuccess, 'twin'> & { twin: ResolversParentTypes['DiseaseTwin'] };
  CancelJobResult: ResolversUnionTypes<ResolversParentTypes>['CancelJobResult'];
  CancelJobSuccess: Omit<CancelJobSuccess, 'job'> & { job: ResolversParentTypes['Job'] };
};

export type RequiresDirectiveArgs = {
  permission: Permission;
};

export type RequiresDirectiveResolver<Result, Parent, ContextType = ApiContext, Args = RequiresDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export interface NonNegativeIntScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['NonNegativeInt'], any> {
  name: 'NonNegativeInt';
}

export type QueryResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  patients?: Resolver<ResolversTypes['PatientConnection'], ParentType, ContextType, RequireFields<QueryPatientsArgs, 'first'>>;
  patient?: Resolver<Maybe<ResolversTypes['Patient']>, ParentType, ContextType, RequireFields<QueryPatientArgs, 'id'>>;
  diseaseTwins?: Resolver<ResolversTypes['DiseaseTwinConnection'], ParentType, ContextType, RequireFields<QueryDiseaseTwinsArgs, 'first'>>;
  diseaseTwin?: Resolver<Maybe<ResolversTypes['DiseaseTwin']>, ParentType, ContextType, RequireFields<QueryDiseaseTwinArgs, 'id'>>;
  diseaseDefinitions?: Resolver<ReadonlyArray<ResolversTypes['DiseaseDefinition']>, ParentType, ContextType>;
  forecast?: Resolver<Maybe<ResolversTypes['Forecast']>, ParentType, ContextType, RequireFields<QueryForecastArgs, 'id'>>;
  job?: Resolver<Maybe<ResolversTypes['Job']>, ParentType, ContextType, RequireFields<QueryJobArgs, 'id'>>;
  compareForecasts?: Resolver<ResolversTypes['CompareForecastsResult'], ParentType, ContextType, RequireFields<QueryCompareForecastsArgs, 'reference' | 'scenario'>>;
  server?: Resolver<ResolversTypes['Server'], ParentType, ContextType>;
};

export type MutationResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  createDiseaseTwin?: Resolver<ResolversTypes['CreateDiseaseTwinResult'], ParentType, ContextType, RequireFields<MutationCreateDiseaseTwinArgs, 'input'>>;
  importPatient?: Resolver<ResolversTypes['SyncPatientResult'], ParentType, ContextType, RequireFields<MutationImportPatientArgs, 'fhirId'>>;
  syncPatient?: Resolver<ResolversTypes['SyncPatientResult'], ParentType, ContextType, RequireFields<MutationSyncPatientArgs, 'patientId'>>;
  requestForecast?: Resolver<ResolversTypes['RequestForecastResult'], ParentType, ContextType, RequireFields<MutationRequestForecastArgs, 'input'>>;
  runScenario?: Resolver<ResolversTypes['RunScenarioResult'], ParentType, ContextType, RequireFields<MutationRunScenarioArgs, 'input'>>;
  nameScenario?: Resolver<ResolversTypes['NameScenarioResult'], ParentType, ContextType, RequireFields<MutationNameScenarioArgs, 'forecastId'>>;
  retireDiseaseTwin?: Resolver<ResolversTypes['RetireDiseaseTwinResult'], ParentType, ContextType, RequireFields<MutationRetireDiseaseTwinArgs, 'twinId'>>;
  cancelJob?: Resolver<ResolversTypes['CancelJobResult'], ParentType, ContextType, RequireFields<MutationCancelJobArgs, 'jobId'>>;
};

export type SubscriptionResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  twinEvents?: SubscriptionResolver<ResolversTypes['TwinEvent'], "twinEvents", ParentType, ContextType, RequireFields<SubscriptionTwinEventsArgs, 'twinId' | 'after'>>;
  jobProgress?: SubscriptionResolver<ResolversTypes['Job'], "jobProgress", ParentType, ContextType, RequireFields<SubscriptionJobProgressArgs, 'jobId'>>;
};

export type PageInfoResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type PatientConnectionResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['PatientConnection'] = ResolversParentTypes['PatientConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['PatientEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['Patient']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type PatientEdgeResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['PatientEdge'] = ResolversParentTypes['PatientEdge']> = {
  node?: Resolver<ResolversTypes['Patient'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type PatientResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['Patient'] = ResolversParentTypes['Patient']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  fhirId?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  identifiers?: Resolver<ReadonlyArray<ResolversTypes['Identifier']>, ParentType, ContextType>;
  familyName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  givenNames?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  birthDate?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  gender?: Resolver<Maybe<ResolversTypes['AdministrativeGender']>, ParentType, ContextType>;
  deceasedAt?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  isActive?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  replacedByFhirId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  syncedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  twins?: Resolver<ReadonlyArray<ResolversTypes['DiseaseTwin']>, ParentType, ContextType>;
  jobs?: Resolver<ReadonlyArray<ResolversTypes['Job']>, ParentType, ContextType>;
};

export type IdentifierResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['Identifier'] = ResolversParentTypes['Identifier']> = {
  system?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type DiseaseTwinConnectionResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['DiseaseTwinConnection'] = ResolversParentTypes['DiseaseTwinConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['DiseaseTwinEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['DiseaseTwin']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type DiseaseTwinEdgeResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['DiseaseTwinEdge'] = ResolversParentTypes['DiseaseTwinEdge']> = {
  node?: Resolver<ResolversTypes['DiseaseTwin'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type DiseaseTwinResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['DiseaseTwin'] = ResolversParentTypes['DiseaseTwin']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  patient?: Resolver<ResolversTypes['Patient'], ParentType, ContextType>;
  disease?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  diseaseVersion?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  definition?: Resolver<Maybe<ResolversTypes['DiseaseDefinition']>, ParentType, ContextType>;
  modelId?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['TwinStatus'], ParentType, ContextType>;
  statusReason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  revision?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  timeline?: Resolver<ResolversTypes['TimelineConnection'], ParentType, ContextType, RequireFields<DiseaseTwinTimelineArgs, 'first'>>;
  visits?: Resolver<ReadonlyArray<ResolversTypes['Visit']>, ParentType, ContextType, RequireFields<DiseaseTwinVisitsArgs, 'clock'>>;
  gaps?: Resolver<ReadonlyArray<ResolversTypes['TimelineEntry']>, ParentType, ContextType>;
  forecasts?: Resolver<ResolversTypes['ForecastConnection'], ParentType, ContextType, RequireFields<DiseaseTwinForecastsArgs, 'first'>>;
  latestForecast?: Resolver<Maybe<ResolversTypes['Forecast']>, ParentType, ContextType>;
  backTests?: Resolver<ReadonlyArray<ResolversTypes['BackTest']>, ParentType, ContextType, RequireFields<DiseaseTwinBackTestsArgs, 'first'>>;
  posterior?: Resolver<Maybe<ResolversTypes['TwinPosterior']>, ParentType, ContextType>;
  events?: Resolver<ReadonlyArray<ResolversTypes['TwinEvent']>, ParentType, ContextType, RequireFields<DiseaseTwinEventsArgs, 'after' | 'first'>>;
  jobs?: Resolver<ReadonlyArray<ResolversTypes['Job']>, ParentType, ContextType>;
};

export type DiseaseDefinitionResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['DiseaseDefinition'] = ResolversParentTypes['DiseaseDefinition']> = {
  id?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  title?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  description?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  conditions?: Resolver<ReadonlyArray<ResolversTypes['Coding']>, ParentType, ContextType>;
  modalities?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  variables?: Resolver<ReadonlyArray<ResolversTypes['Variable']>, ParentType, ContextType>;
  modelId?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  defaultHorizonDays?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  maximumHorizonDays?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  minimumVisits?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  registration?: Resolver<ResolversTypes['RegistrationPlan'], ParentType, ContextType>;
};

export type RegistrationPlanResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['RegistrationPlan'] = ResolversParentTypes['RegistrationPlan']> = {
  stages?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  cost?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  deformation?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  acceptanceMeasure?: Resolver<ResolversTypes['AcceptanceMeasure'], ParentType, ContextType>;
  acceptedFrom?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  refusedBelow?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  acceptanceEvidence?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type CodingResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['Coding'] = ResolversParentTypes['Coding']> = {
  system?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  code?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  display?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type VariableResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['Variable'] = ResolversParentTypes['Variable']> = {
  key?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  title?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  role?: Resolver<ResolversTypes['VariableRole'], ParentType, ContextType>;
  unit?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  codes?: Resolver<ReadonlyArray<ResolversTypes['Coding']>, ParentType, ContextType>;
  windowDays?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  plausibleRange?: Resolver<Maybe<ResolversTypes['Range']>, ParentType, ContextType>;
  maximumPerDay?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
};

export type RangeResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['Range'] = ResolversParentTypes['Range']> = {
  low?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  high?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type TimelineConnectionResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['TimelineConnection'] = ResolversParentTypes['TimelineConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['TimelineEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['TimelineEntry']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type TimelineEdgeResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['TimelineEdge'] = ResolversParentTypes['TimelineEdge']> = {
  node?: Resolver<ResolversTypes['TimelineEntry'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type TimelineEntryResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['TimelineEntry'] = ResolversParentTypes['TimelineEntry']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  revision?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  sourceSystem?: Resolver<ResolversTypes['SourceSystem'], ParentType, ContextType>;
  sourceId?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  sourceVersion?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  occurredAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  occurredUntil?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  issuedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  recordedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  body?: Resolver<ResolversTypes['TimelineBody'], ParentType, ContextType>;
};

export type TimelineBodyResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['TimelineBody'] = ResolversParentTypes['TimelineBody']> = {
  __resolveType: TypeResolveFn<'Observation' | 'Treatment' | 'Condition' | 'Procedure' | 'AcquiredImage' | 'Gap' | 'Retraction', ParentType, ContextType>;
};

export type ObservationResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['Observation'] = ResolversParentTypes['Observation']> = {
  codes?: Resolver<ReadonlyArray<ResolversTypes['Coding']>, ParentType, ContextType>;
  value?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  unit?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  comparator?: Resolver<Maybe<ResolversTypes['Comparator']>, ParentType, ContextType>;
  isPreliminary?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type TreatmentResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['Treatment'] = ResolversParentTypes['Treatment']> = {
  codes?: Resolver<ReadonlyArray<ResolversTypes['Coding']>, ParentType, ContextType>;
  amount?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  unit?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  evidence?: Resolver<ResolversTypes['TreatmentEvidence'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ConditionResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['Condition'] = ResolversParentTypes['Condition']> = {
  codes?: Resolver<ReadonlyArray<ResolversTypes['Coding']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ProcedureResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['Procedure'] = ResolversParentTypes['Procedure']> = {
  codes?: Resolver<ReadonlyArray<ResolversTypes['Coding']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type AcquiredImageResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['AcquiredImage'] = ResolversParentTypes['AcquiredImage']> = {
  studyInstanceUid?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  seriesInstanceUid?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  modality?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  seriesDescription?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  image?: Resolver<ResolversTypes['Image'], ParentType, ContextType>;
  laterality?: Resolver<Maybe<ResolversTypes['Laterality']>, ParentType, ContextType>;
  isLossy?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  caveats?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type GapResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['Gap'] = ResolversParentTypes['Gap']> = {
  missing?: Resolver<ResolversTypes['MissingKind'], ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  isTransient?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RetractionResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['Retraction'] = ResolversParentTypes['Retraction']> = {
  reason?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ImageResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['Image'] = ResolversParentTypes['Image']> = {
  sha256?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['ImageKind'], ParentType, ContextType>;
  pngPath?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  niftiPath?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  shape?: Resolver<ReadonlyArray<ResolversTypes['Int']>, ParentType, ContextType>;
  spacingMm?: Resolver<ReadonlyArray<ResolversTypes['Float']>, ParentType, ContextType>;
  originMm?: Resolver<ReadonlyArray<ResolversTypes['Float']>, ParentType, ContextType>;
  direction?: Resolver<ReadonlyArray<ResolversTypes['Float']>, ParentType, ContextType>;
  displayRange?: Resolver<Maybe<ResolversTypes['Range']>, ParentType, ContextType>;
};

export type VisitResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['Visit'] = ResolversParentTypes['Visit']> = {
  index?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  occurredAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  intervalDays?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  isReference?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  entry?: Resolver<ResolversTypes['TimelineEntry'], ParentType, ContextType>;
  image?: Resolver<ResolversTypes['Image'], ParentType, ContextType>;
  alignedImage?: Resolver<Maybe<ResolversTypes['Image']>, ParentType, ContextType>;
  registration?: Resolver<Maybe<ResolversTypes['Registration']>, ParentType, ContextType>;
  values?: Resolver<ReadonlyArray<ResolversTypes['VisitValue']>, ParentType, ContextType>;
  statics?: Resolver<ReadonlyArray<ResolversTypes['StaticValue']>, ParentType, ContextType>;
  exposures?: Resolver<ReadonlyArray<ResolversTypes['Exposure']>, ParentType, ContextType>;
};

export type VisitValueResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['VisitValue'] = ResolversParentTypes['VisitValue']> = {
  variable?: Resolver<ResolversTypes['Variable'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['ValueStatus'], ParentType, ContextType>;
  value?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  bound?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  comparator?: Resolver<Maybe<ResolversTypes['Comparator']>, ParentType, ContextType>;
  ageDays?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  observedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  entry?: Resolver<Maybe<ResolversTypes['TimelineEntry']>, ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type StaticValueResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['StaticValue'] = ResolversParentTypes['StaticValue']> = {
  variable?: Resolver<ResolversTypes['Variable'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['ValueStatus'], ParentType, ContextType>;
  number?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  category?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type ExposureResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['Exposure'] = ResolversParentTypes['Exposure']> = {
  variable?: Resolver<ResolversTypes['Variable'], ParentType, ContextType>;
  amount?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  entries?: Resolver<ReadonlyArray<ResolversTypes['TimelineEntry']>, ParentType, ContextType>;
  unusable?: Resolver<ReadonlyArray<ResolversTypes['UnusableEntry']>, ParentType, ContextType>;
};

export type UnusableEntryResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['UnusableEntry'] = ResolversParentTypes['UnusableEntry']> = {
  entry?: Resolver<Maybe<ResolversTypes['TimelineEntry']>, ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type RegistrationResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['Registration'] = ResolversParentTypes['Registration']> = {
  verdict?: Resolver<ResolversTypes['RegistrationVerdict'], ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  method?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  stages?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  transformKind?: Resolver<ResolversTypes['TransformKind'], ParentType, ContextType>;
  matrix?: Resolver<ReadonlyArray<ResolversTypes['Float']>, ParentType, ContextType>;
  before?: Resolver<Maybe<ResolversTypes['SimilarityMeasures']>, ParentType, ContextType>;
  after?: Resolver<Maybe<ResolversTypes['SimilarityMeasures']>, ParentType, ContextType>;
  quality?: Resolver<Maybe<ResolversTypes['RegistrationQuality']>, ParentType, ContextType>;
  field?: Resolver<Maybe<ResolversTypes['DisplacementField']>, ParentType, ContextType>;
  rejectedDeformation?: Resolver<Maybe<ResolversTypes['RejectedDeformation']>, ParentType, ContextType>;
  elapsedMs?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type SimilarityMeasuresResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['SimilarityMeasures'] = ResolversParentTypes['SimilarityMeasures']> = {
  maskedSsim?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  nmi?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  ncc?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type RegistrationQualityResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['RegistrationQuality'] = ResolversParentTypes['RegistrationQuality']> = {
  coverage?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  nmiGain?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  inverseConsistencyMm?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  foldedPercent?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  minimumJacobian?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type RejectedDeformationResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['RejectedDeformation'] = ResolversParentTypes['RejectedDeformation']> = {
  reason?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  after?: Resolver<Maybe<ResolversTypes['SimilarityMeasures']>, ParentType, ContextType>;
  quality?: Resolver<ResolversTypes['RegistrationQuality'], ParentType, ContextType>;
};

export type DisplacementFieldResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['DisplacementField'] = ResolversParentTypes['DisplacementField']> = {
  sha256?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  niftiPath?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  shape?: Resolver<ReadonlyArray<ResolversTypes['Int']>, ParentType, ContextType>;
  spacingMm?: Resolver<ReadonlyArray<ResolversTypes['Float']>, ParentType, ContextType>;
};

export type ForecastConnectionResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['ForecastConnection'] = ResolversParentTypes['ForecastConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['ForecastEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['Forecast']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type ForecastEdgeResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['ForecastEdge'] = ResolversParentTypes['ForecastEdge']> = {
  node?: Resolver<ResolversTypes['Forecast'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ForecastResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['Forecast'] = ResolversParentTypes['Forecast']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  twin?: Resolver<ResolversTypes['DiseaseTwin'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['ForecastStatus'], ParentType, ContextType>;
  statusReason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  asOf?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  clock?: Resolver<ResolversTypes['KnowledgeClock'], ParentType, ContextType>;
  originAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  targetAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  horizonDays?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  reference?: Resolver<Maybe<ResolversTypes['Forecast']>, ParentType, ContextType>;
  interventions?: Resolver<ReadonlyArray<ResolversTypes['Intervention']>, ParentType, ContextType>;
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  namedScenarios?: Resolver<ReadonlyArray<ResolversTypes['Forecast']>, ParentType, ContextType>;
  modelId?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  modelVersion?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  seed?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  inputHash?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  replayId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  inputs?: Resolver<ReadonlyArray<ResolversTypes['TimelineEntry']>, ParentType, ContextType>;
  image?: Resolver<Maybe<ResolversTypes['ForecastImage']>, ParentType, ContextType>;
  values?: Resolver<ReadonlyArray<ResolversTypes['ForecastValue']>, ParentType, ContextType>;
  overlap?: Resolver<Maybe<ResolversTypes['Overlap']>, ParentType, ContextType>;
  doseResponses?: Resolver<ReadonlyArray<ResolversTypes['DoseResponse']>, ParentType, ContextType>;
  backTest?: Resolver<Maybe<ResolversTypes['BackTest']>, ParentType, ContextType>;
  assumptions?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  elapsedMs?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  completedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  jobs?: Resolver<ReadonlyArray<ResolversTypes['Job']>, ParentType, ContextType>;
};

export type ForecastImageResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['ForecastImage'] = ResolversParentTypes['ForecastImage']> = {
  image?: Resolver<ResolversTypes['Image'], ParentType, ContextType>;
  baseline?: Resolver<ResolversTypes['Image'], ParentType, ContextType>;
  change?: Resolver<ResolversTypes['Image'], ParentType, ContextType>;
  uncertainty?: Resolver<Maybe<ResolversTypes['Image']>, ParentType, ContextType>;
  lesions?: Resolver<ReadonlyArray<ResolversTypes['LesionVolume']>, ParentType, ContextType>;
  skill?: Resolver<ResolversTypes['SkillStatement'], ParentType, ContextType>;
  isDeclined?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type LesionVolumeResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['LesionVolume'] = ResolversParentTypes['LesionVolume']> = {
  unit?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  baseline?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  value?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  intervals?: Resolver<ReadonlyArray<ResolversTypes['PredictiveInterval']>, ParentType, ContextType>;
  drawn?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type ForecastValueResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['ForecastValue'] = ResolversParentTypes['ForecastValue']> = {
  key?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  variable?: Resolver<Maybe<ResolversTypes['Variable']>, ParentType, ContextType>;
  unit?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  baseline?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  intervals?: Resolver<ReadonlyArray<ResolversTypes['PredictiveInterval']>, ParentType, ContextType>;
  skill?: Resolver<ResolversTypes['SkillStatement'], ParentType, ContextType>;
  isDeclined?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type PredictiveIntervalResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['PredictiveInterval'] = ResolversParentTypes['PredictiveInterval']> = {
  coverage?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  low?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  high?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type OverlapResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['Overlap'] = ResolversParentTypes['Overlap']> = {
  quantile?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  isOutside?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type DoseResponseResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['DoseResponse'] = ResolversParentTypes['DoseResponse']> = {
  treatmentKey?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  treatment?: Resolver<Maybe<ResolversTypes['Variable']>, ParentType, ContextType>;
  variableKey?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  variable?: Resolver<Maybe<ResolversTypes['Variable']>, ParentType, ContextType>;
  points?: Resolver<ReadonlyArray<ResolversTypes['DoseResponsePoint']>, ParentType, ContextType>;
};

export type DoseResponsePointResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['DoseResponsePoint'] = ResolversParentTypes['DoseResponsePoint']> = {
  amountPerDay?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  value?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  low?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  high?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  populationValue?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  populationLow?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  populationHigh?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type TwinPosteriorResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['TwinPosterior'] = ResolversParentTypes['TwinPosterior']> = {
  modelId?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  modelVersion?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  asOf?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  sha256?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  intervals?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  effects?: Resolver<ReadonlyArray<ResolversTypes['PersonalEffect']>, ParentType, ContextType>;
};

export type PersonalEffectResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['PersonalEffect'] = ResolversParentTypes['PersonalEffect']> = {
  variable?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  feature?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  isLearned?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  mean?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  standardDeviation?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  populationMean?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  populationStandardDeviation?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type BackTestResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['BackTest'] = ResolversParentTypes['BackTest']> = {
  forecast?: Resolver<ResolversTypes['Forecast'], ParentType, ContextType>;
  scoredAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  values?: Resolver<ReadonlyArray<ResolversTypes['BackTestValue']>, ParentType, ContextType>;
  image?: Resolver<Maybe<ResolversTypes['BackTestImage']>, ParentType, ContextType>;
};

export type BackTestValueResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['BackTestValue'] = ResolversParentTypes['BackTestValue']> = {
  key?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  unit?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  predicted?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  baseline?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  observed?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  observedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  isInside90?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
};

export type BackTestImageResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['BackTestImage'] = ResolversParentTypes['BackTestImage']> = {
  entry?: Resolver<Maybe<ResolversTypes['TimelineEntry']>, ParentType, ContextType>;
  observedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  mse?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  baselineMse?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type SkillStatementResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['SkillStatement'] = ResolversParentTypes['SkillStatement']> = {
  skill?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  patients?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  intervals?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  shrinkage?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type InterventionResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['Intervention'] = ResolversParentTypes['Intervention']> = {
  __resolveType: TypeResolveFn<'TreatmentIntervention' | 'ValueIntervention', ParentType, ContextType>;
};

export type TreatmentInterventionResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['TreatmentIntervention'] = ResolversParentTypes['TreatmentIntervention']> = {
  key?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  from?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  to?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  amountPerDay?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ValueInterventionResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['ValueIntervention'] = ResolversParentTypes['ValueIntervention']> = {
  key?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ForecastComparisonResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['ForecastComparison'] = ResolversParentTypes['ForecastComparison']> = {
  reference?: Resolver<ResolversTypes['Forecast'], ParentType, ContextType>;
  scenario?: Resolver<ResolversTypes['Forecast'], ParentType, ContextType>;
  image?: Resolver<Maybe<ResolversTypes['ImageDifference']>, ParentType, ContextType>;
  values?: Resolver<ReadonlyArray<ResolversTypes['ValueDifference']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ImageDifferenceResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['ImageDifference'] = ResolversParentTypes['ImageDifference']> = {
  image?: Resolver<ResolversTypes['Image'], ParentType, ContextType>;
  meanAbsoluteDifference?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  maximumAbsoluteDifference?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  isIdentical?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  lesions?: Resolver<ReadonlyArray<ResolversTypes['LesionVolumeDifference']>, ParentType, ContextType>;
};

export type LesionVolumeDifferenceResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['LesionVolumeDifference'] = ResolversParentTypes['LesionVolumeDifference']> = {
  unit?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  reference?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  scenario?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  difference?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type ValueDifferenceResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['ValueDifference'] = ResolversParentTypes['ValueDifference']> = {
  key?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  unit?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  reference?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  scenario?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  difference?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
};

export type TwinEventResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['TwinEvent'] = ResolversParentTypes['TwinEvent']> = {
  seq?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['TwinEventType'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  twin?: Resolver<ResolversTypes['DiseaseTwin'], ParentType, ContextType>;
  forecast?: Resolver<Maybe<ResolversTypes['Forecast']>, ParentType, ContextType>;
  entry?: Resolver<Maybe<ResolversTypes['TimelineEntry']>, ParentType, ContextType>;
};

export type JobResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['Job'] = ResolversParentTypes['Job']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['JobKind'], ParentType, ContextType>;
  subjectId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['JobStatus'], ParentType, ContextType>;
  progress?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  message?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  attempt?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type ServerResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['Server'] = ResolversParentTypes['Server']> = {
  version?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  engine?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  device?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  threads?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  modelIds?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
};

export type UserErrorResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['UserError'] = ResolversParentTypes['UserError']> = {
  __resolveType: TypeResolveFn<'Refusal', ParentType, ContextType>;
};

export type RefusalResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['Refusal'] = ResolversParentTypes['Refusal']> = {
  reason?: Resolver<ResolversTypes['RefusalReason'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  field?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type CompareForecastsResultResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['CompareForecastsResult'] = ResolversParentTypes['CompareForecastsResult']> = {
  __resolveType: TypeResolveFn<'ForecastComparison' | 'Refusal', ParentType, ContextType>;
};

export type CreateDiseaseTwinResultResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['CreateDiseaseTwinResult'] = ResolversParentTypes['CreateDiseaseTwinResult']> = {
  __resolveType: TypeResolveFn<'CreateDiseaseTwinSuccess' | 'Refusal', ParentType, ContextType>;
};

export type CreateDiseaseTwinSuccessResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['CreateDiseaseTwinSuccess'] = ResolversParentTypes['CreateDiseaseTwinSuccess']> = {
  twin?: Resolver<ResolversTypes['DiseaseTwin'], ParentType, ContextType>;
  job?: Resolver<ResolversTypes['Job'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SyncPatientResultResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['SyncPatientResult'] = ResolversParentTypes['SyncPatientResult']> = {
  __resolveType: TypeResolveFn<'SyncPatientSuccess' | 'Refusal', ParentType, ContextType>;
};

export type SyncPatientSuccessResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['SyncPatientSuccess'] = ResolversParentTypes['SyncPatientSuccess']> = {
  patient?: Resolver<ResolversTypes['Patient'], ParentType, ContextType>;
  job?: Resolver<ResolversTypes['Job'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RequestForecastResultResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['RequestForecastResult'] = ResolversParentTypes['RequestForecastResult']> = {
  __resolveType: TypeResolveFn<'RequestForecastSuccess' | 'Refusal', ParentType, ContextType>;
};

export type RequestForecastSuccessResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['RequestForecastSuccess'] = ResolversParentTypes['RequestForecastSuccess']> = {
  forecast?: Resolver<ResolversTypes['Forecast'], ParentType, ContextType>;
  job?: Resolver<ResolversTypes['Job'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RunScenarioResultResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['RunScenarioResult'] = ResolversParentTypes['RunScenarioResult']> = {
  __resolveType: TypeResolveFn<'RunScenarioSuccess' | 'Refusal', ParentType, ContextType>;
};

export type RunScenarioSuccessResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['RunScenarioSuccess'] = ResolversParentTypes['RunScenarioSuccess']> = {
  forecast?: Resolver<ResolversTypes['Forecast'], ParentType, ContextType>;
  reference?: Resolver<ResolversTypes['Forecast'], ParentType, ContextType>;
  job?: Resolver<ResolversTypes['Job'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type NameScenarioResultResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['NameScenarioResult'] = ResolversParentTypes['NameScenarioResult']> = {
  __resolveType: TypeResolveFn<'NameScenarioSuccess' | 'Refusal', ParentType, ContextType>;
};

export type NameScenarioSuccessResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['NameScenarioSuccess'] = ResolversParentTypes['NameScenarioSuccess']> = {
  forecast?: Resolver<ResolversTypes['Forecast'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RetireDiseaseTwinResultResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['RetireDiseaseTwinResult'] = ResolversParentTypes['RetireDiseaseTwinResult']> = {
  __resolveType: TypeResolveFn<'RetireDiseaseTwinSuccess' | 'Refusal', ParentType, ContextType>;
};

export type RetireDiseaseTwinSuccessResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['RetireDiseaseTwinSuccess'] = ResolversParentTypes['RetireDiseaseTwinSuccess']> = {
  twin?: Resolver<ResolversTypes['DiseaseTwin'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type CancelJobResultResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['CancelJobResult'] = ResolversParentTypes['CancelJobResult']> = {
  __resolveType: TypeResolveFn<'CancelJobSuccess' | 'Refusal', ParentType, ContextType>;
};

export type CancelJobSuccessResolvers<ContextType = ApiContext, ParentType extends ResolversParentTypes['CancelJobSuccess'] = ResolversParentTypes['CancelJobSuccess']> = {
  job?: Resolver<ResolversTypes['Job'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type Resolvers<ContextType = ApiContext> = {
  DateTime?: GraphQLScalarType;
  NonNegativeInt?: GraphQLScalarType;
  Query?: QueryResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  PatientConnection?: PatientConnectionResolvers<ContextType>;
  PatientEdge?: PatientEdgeResolvers<ContextType>;
  Patient?: PatientResolvers<ContextType>;
  Identifier?: IdentifierResolvers<ContextType>;
  DiseaseTwinConnection?: DiseaseTwinConnectionResolvers<ContextType>;
  DiseaseTwinEdge?: DiseaseTwinEdgeResolvers<ContextType>;
  DiseaseTwin?: DiseaseTwinResolvers<ContextType>;
  DiseaseDefinition?: DiseaseDefinitionResolvers<ContextType>;
  RegistrationPlan?: RegistrationPlanResolvers<ContextType>;
  Coding?: CodingResolvers<ContextType>;
  Variable?: VariableResolvers<ContextType>;
  Range?: RangeResolvers<ContextType>;
  TimelineConnection?: TimelineConnectionResolvers<ContextType>;
  TimelineEdge?: TimelineEdgeResolvers<ContextType>;
  TimelineEntry?: TimelineEntryResolvers<ContextType>;
  TimelineBody?: TimelineBodyResolvers<ContextType>;
  Observation?: ObservationResolvers<ContextType>;
  Treatment?: TreatmentResolvers<ContextType>;
  Condition?: ConditionResolvers<ContextType>;
  Procedure?: ProcedureResolvers<ContextType>;
  AcquiredImage?: AcquiredImageResolvers<ContextType>;
  Gap?: GapResolvers<ContextType>;
  Retraction?: RetractionResolvers<ContextType>;
  Image?: ImageResolvers<ContextType>;
  Visit?: VisitResolvers<ContextType>;
  VisitValue?: VisitValueResolvers<ContextType>;
  StaticValue?: StaticValueResolvers<ContextType>;
  Exposure?: ExposureResolvers<ContextType>;
  UnusableEntry?: UnusableEntryResolvers<ContextType>;
  Registration?: RegistrationResolvers<ContextType>;
  SimilarityMeasures?: SimilarityMeasuresResolvers<ContextType>;
  RegistrationQuality?: RegistrationQualityResolvers<ContextType>;
  RejectedDeformation?: RejectedDeformationResolvers<ContextType>;
  DisplacementField?: DisplacementFieldResolvers<ContextType>;
  ForecastConnection?: ForecastConnectionResolvers<ContextType>;
  ForecastEdge?: ForecastEdgeResolvers<ContextType>;
  Forecast?: ForecastResolvers<ContextType>;
  ForecastImage?: ForecastImageResolvers<ContextType>;
  LesionVolume?: LesionVolumeResolvers<ContextType>;
  ForecastValue?: ForecastValueResolvers<ContextType>;
  PredictiveInterval?: PredictiveIntervalResolvers<ContextType>;
  Overlap?: OverlapResolvers<ContextType>;
  DoseResponse?: DoseResponseResolvers<ContextType>;
  DoseResponsePoint?: DoseResponsePointResolvers<ContextType>;
  TwinPosterior?: TwinPosteriorResolvers<ContextType>;
  PersonalEffect?: PersonalEffectResolvers<ContextType>;
  BackTest?: BackTestResolvers<ContextType>;
  BackTestValue?: BackTestValueResolvers<ContextType>;
  BackTestImage?: BackTestImageResolvers<ContextType>;
  SkillStatement?: SkillStatementResolvers<ContextType>;
  Intervention?: InterventionResolvers<ContextType>;
  TreatmentIntervention?: TreatmentInterventionResolvers<ContextType>;
  ValueIntervention?: ValueInterventionResolvers<ContextType>;
  ForecastComparison?: ForecastComparisonResolvers<ContextType>;
  ImageDifference?: ImageDifferenceResolvers<ContextType>;
  LesionVolumeDifference?: LesionVolumeDifferenceResolvers<ContextType>;
  ValueDifference?: ValueDifferenceResolvers<ContextType>;
  TwinEvent?: TwinEventResolvers<ContextType>;
  Job?: JobResolvers<ContextType>;
  Server?: ServerResolvers<ContextType>;
  UserError?: UserErrorResolvers<ContextType>;
  Refusal?: RefusalResolvers<ContextType>;
  CompareForecastsResult?: CompareForecastsResultResolvers<ContextType>;
  CreateDiseaseTwinResult?: CreateDiseaseTwinResultResolvers<ContextType>;
  CreateDiseaseTwinSuccess?: CreateDiseaseTwinSuccessResolvers<ContextType>;
  SyncPatientResult?: SyncPatientResultResolvers<ContextType>;
  SyncPatientSuccess?: SyncPatientSuccessResolvers<ContextType>;
  RequestForecastResult?: RequestForecastResultResolvers<ContextType>;
  RequestForecastSuccess?: RequestForecastSuccessResolvers<ContextType>;
  RunScenarioResult?: RunScenarioResultResolvers<ContextType>;
  RunScenarioSuccess?: RunScenarioSuccessResolvers<ContextType>;
  NameScenarioResult?: NameScenarioResultResolvers<ContextType>;
  NameScenarioSuccess?: NameScenarioSuccessResolvers<ContextType>;
  RetireDiseaseTwinResult?: RetireDiseaseTwinResultResolvers<ContextType>;
  RetireDiseaseTwinSuccess?: RetireDiseaseTwinSuccessResolvers<ContextType>;
  CancelJobResult?: CancelJobResultResolvers<ContextType>;
  CancelJobSuccess?: CancelJobSuccessResolvers<ContextType>;
};

export type DirectiveResolvers<ContextType = ApiContext> = {
  requires?: RequiresDirectiveResolver<any, any, ContextType>;
};
