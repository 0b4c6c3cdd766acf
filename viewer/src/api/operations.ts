// Written by `npm run codegen` from schema.graphql and viewer/operations.
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
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

/** What is measured to accept an alignment. */
export type AcceptanceMeasure =
  /** Structural similarity of denoised images in the foreground, -1 to 1: for images of one contrast. */
  | 'MASKED_SSIM'
  /** Normalised mutual information that the alignment adds: for images of several contrasts. */
  | 'NMI_GAIN';

/** How a variable is used. */
export type VariableRole =
  /** Measured again and again; forecast. */
  | 'DYNAMIC'
  /** Given over time; an input that a what-if can change. */
  | 'TREATMENT'
  /** Fixed, or changing so slowly that it is read once per visit. */
  | 'STATIC';

/** A system of the hospital. */
export type SourceSystem =
  /** The health record, over FHIR R4. */
  | 'FHIR'
  /** The picture archive, over DICOMweb. */
  | 'DICOMWEB';

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

/** How sure it is that a patient got a treatment. */
export type TreatmentEvidence =
  /** It was given (MedicationAdministration). */
  | 'ADMINISTRATION'
  /** It was reported to be taken (MedicationStatement). */
  | 'STATEMENT'
  /** It is planned (MedicationRequest). */
  | 'REQUEST';

/** A side of the body, seen from the patient. */
export type Laterality =
  /** Right. */
  | 'R'
  /** Left. */
  | 'L';

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

/** Whether a value is known. */
export type ValueStatus =
  /** It is known. */
  | 'KNOWN'
  /** Only a bound is known, as in `<0.01`. */
  | 'CENSORED'
  /** It is not known; the reason says why. */
  | 'MISSING';

/** Whether an alignment can be trusted. */
export type RegistrationVerdict =
  /** Aligned; used for image forecasts. */
  | 'ACCEPTED'
  /** Aligned with a reservation; used, and shown. */
  | 'FLAGGED'
  /** Not aligned; kept out of image forecasts, the visit's values are kept. */
  | 'REFUSED';

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

/** For which patient and disease to make a twin. */
export type CreateDiseaseTwinInput = {
  /** Id that this server gave to the patient. */
  readonly patientId: string;
  /** Id of the disease definition. */
  readonly disease: string;
};

/** The question to a twin. At most one of `targetDate` and `horizonDays`; neither means the definition's default horizon. */
export type RequestForecastInput = {
  /** Id of the twin. */
  readonly twinId: string;
  /** The date that the answer is for. */
  readonly targetDate?: string | null | undefined;
  /** Days after the last visit whose image can be used; 0 gives that visit back. */
  readonly horizonDays?: number | null | undefined;
  /** The model to ask; the twin's own where absent. */
  readonly modelId?: string | null | undefined;
  /** Seed of every random choice; a fixed one where absent, so that the same question gets the same answer. */
  readonly seed?: number | null | undefined;
  /** The moment of knowledge; now where absent. Nothing that became known later is used. */
  readonly asOf?: string | null | undefined;
  /** Which clock `asOf` is read on. */
  readonly clock?: KnowledgeClock;
};

/** The earlier forecast and what should be different. */
export type RunScenarioInput = {
  /** Id of the earlier forecast. */
  readonly forecastId: string;
  /** What should be different, at most 20; none must give the earlier answer again. */
  readonly interventions: ReadonlyArray<InterventionInput>;
};

/** One thing that should be different. */
export type InterventionInput =
  {   /** Another dose of a treatment over an interval. */
  readonly treatment: TreatmentInterventionInput; readonly value?: never; }
  |  { readonly treatment?: never;   /** Another last known value of a variable. */
  readonly value: ValueInterventionInput; };

/** Another dose of a treatment over an interval. */
export type TreatmentInterventionInput = {
  /** Key of a treatment variable of the definition. */
  readonly key: string;
  /** Start, included. */
  readonly from: string;
  /** End, not included. */
  readonly to: string;
  /** Replaces whatever is planned in the interval; 0 or more, in the treatment's unit per day. */
  readonly amountPerDay: number;
};

/** Another last known value of a variable. */
export type ValueInterventionInput = {
  /** Key of a dynamic variable of the definition. */
  readonly key: string;
  /** Replaces the last known value; in the variable's unit. */
  readonly value: number;
};

export type ForecastQueryVariables = Exact<{
  id: string;
}>;


export type ForecastQuery = { readonly forecast: { readonly asOf: string, readonly modelVersion: string | null, readonly seed: number, readonly inputHash: string | null, readonly replayId: string | null, readonly assumptions: ReadonlyArray<string>, readonly elapsedMs: number | null, readonly id: string, readonly status: ForecastStatus, readonly statusReason: string | null, readonly originAt: string | null, readonly targetAt: string, readonly horizonDays: number | null, readonly createdAt: string, readonly completedAt: string | null, readonly modelId: string, readonly name: string | null, readonly twin: { readonly id: string, readonly status: TwinStatus, readonly disease: string, readonly definition: { readonly id: string, readonly title: string, readonly version: string, readonly defaultHorizonDays: number, readonly maximumHorizonDays: number, readonly minimumVisits: number, readonly registration: { readonly acceptanceMeasure: AcceptanceMeasure, readonly acceptedFrom: number, readonly refusedBelow: number }, readonly variables: ReadonlyArray<{ readonly key: string, readonly title: string, readonly role: VariableRole, readonly unit: string | null, readonly maximumPerDay: number | null, readonly codes: ReadonlyArray<{ readonly system: string, readonly code: string, readonly display: string | null }>, readonly plausibleRange: { readonly low: number, readonly high: number } | null }> } | null, readonly patient: { readonly id: string, readonly fhirId: string, readonly familyName: string | null, readonly givenNames: ReadonlyArray<string>, readonly birthDate: string | null, readonly gender: AdministrativeGender | null, readonly deceasedAt: string | null, readonly isActive: boolean, readonly replacedByFhirId: string | null, readonly syncedAt: string | null, readonly identifiers: ReadonlyArray<{ readonly system: string, readonly value: string }> } }, readonly inputs: ReadonlyArray<{ readonly id: string, readonly revision: number, readonly sourceSystem: SourceSystem, readonly sourceId: string, readonly sourceVersion: string, readonly occurredAt: string, readonly occurredUntil: string, readonly issuedAt: string | null, readonly recordedAt: string, readonly body:
        | { readonly __typename: 'Observation', readonly value: number, readonly unit: string, readonly comparator: Comparator | null, readonly isPreliminary: boolean, readonly codes: ReadonlyArray<{ readonly system: string, readonly code: string, readonly display: string | null }> }
        | { readonly __typename: 'Treatment', readonly amount: number, readonly unit: string, readonly evidence: TreatmentEvidence, readonly codes: ReadonlyArray<{ readonly system: string, readonly code: string, readonly display: string | null }> }
        | { readonly __typename: 'Condition', readonly codes: ReadonlyArray<{ readonly system: string, readonly code: string, readonly display: string | null }> }
        | { readonly __typename: 'Procedure', readonly codes: ReadonlyArray<{ readonly system: string, readonly code: string, readonly display: string | null }> }
        | { readonly __typename: 'AcquiredImage', readonly modality: string, readonly seriesDescription: string | null, readonly laterality: Laterality | null, readonly isLossy: boolean, readonly caveats: ReadonlyArray<string> }
        | { readonly __typename: 'Gap', readonly missing: MissingKind, readonly message: string, readonly isTransient: boolean }
        | { readonly __typename: 'Retraction', readonly reason: string }
       }>, readonly image: { readonly isDeclined: boolean, readonly reason: string | null, readonly baseline: { readonly sha256: string, readonly pngPath: string, readonly shape: ReadonlyArray<number>, readonly displayRange: { readonly low: number, readonly high: number } | null }, readonly change: { readonly sha256: string, readonly pngPath: string, readonly shape: ReadonlyArray<number>, readonly displayRange: { readonly low: number, readonly high: number } | null }, readonly uncertainty: { readonly sha256: string, readonly pngPath: string, readonly shape: ReadonlyArray<number>, readonly displayRange: { readonly low: number, readonly high: number } | null } | null, readonly lesions: ReadonlyArray<{ readonly unit: string, readonly baseline: number, readonly value: number, readonly drawn: number, readonly intervals: ReadonlyArray<{ readonly coverage: number, readonly low: number, readonly high: number }> }>, readonly skill: { readonly skill: number | null, readonly patients: number, readonly intervals: number, readonly shrinkage: number }, readonly image: { readonly sha256: string, readonly pngPath: string, readonly shape: ReadonlyArray<number>, readonly displayRange: { readonly low: number, readonly high: number } | null } } | null, readonly namedScenarios: ReadonlyArray<{ readonly id: string, readonly name: string | null, readonly status: ForecastStatus, readonly interventions: ReadonlyArray<
        | { readonly __typename: 'TreatmentIntervention', readonly key: string, readonly from: string, readonly to: string, readonly amountPerDay: number }
        | { readonly __typename: 'ValueIntervention', readonly key: string, readonly value: number }
      > }>, readonly overlap: { readonly quantile: number, readonly isOutside: boolean, readonly reason: string | null } | null, readonly doseResponses: ReadonlyArray<{ readonly treatmentKey: string, readonly variableKey: string, readonly points: ReadonlyArray<{ readonly amountPerDay: number, readonly value: number, readonly low: number, readonly high: number, readonly populationValue: number, readonly populationLow: number, readonly populationHigh: number }> }>, readonly backTest: { readonly scoredAt: string, readonly values: ReadonlyArray<{ readonly key: string, readonly unit: string, readonly predicted: number, readonly baseline: number, readonly observed: number, readonly observedAt: string, readonly isInside90: boolean | null }>, readonly image: { readonly observedAt: string, readonly mse: number, readonly baselineMse: number } | null } | null, readonly jobs: ReadonlyArray<{ readonly id: string, readonly kind: JobKind, readonly subjectId: string, readonly status: JobStatus, readonly progress: number, readonly message: string | null, readonly attempt: number, readonly createdAt: string, readonly updatedAt: string }>, readonly reference: { readonly id: string } | null, readonly interventions: ReadonlyArray<
      | { readonly __typename: 'TreatmentIntervention', readonly key: string, readonly from: string, readonly to: string, readonly amountPerDay: number }
      | { readonly __typename: 'ValueIntervention', readonly key: string, readonly value: number }
    >, readonly values: ReadonlyArray<{ readonly key: string, readonly unit: string, readonly value: number | null, readonly baseline: number | null, readonly isDeclined: boolean, readonly reason: string | null, readonly intervals: ReadonlyArray<{ readonly coverage: number, readonly low: number, readonly high: number }>, readonly skill: { readonly skill: number | null, readonly patients: number, readonly intervals: number, readonly shrinkage: number } }> } | null };

export type ForecastViewFragment = { readonly asOf: string, readonly modelVersion: string | null, readonly seed: number, readonly inputHash: string | null, readonly replayId: string | null, readonly assumptions: ReadonlyArray<string>, readonly elapsedMs: number | null, readonly id: string, readonly status: ForecastStatus, readonly statusReason: string | null, readonly originAt: string | null, readonly targetAt: string, readonly horizonDays: number | null, readonly createdAt: string, readonly completedAt: string | null, readonly modelId: string, readonly name: string | null, readonly twin: { readonly id: string, readonly status: TwinStatus, readonly disease: string, readonly definition: { readonly id: string, readonly title: string, readonly version: string, readonly defaultHorizonDays: number, readonly maximumHorizonDays: number, readonly minimumVisits: number, readonly registration: { readonly acceptanceMeasure: AcceptanceMeasure, readonly acceptedFrom: number, readonly refusedBelow: number }, readonly variables: ReadonlyArray<{ readonly key: string, readonly title: string, readonly role: VariableRole, readonly unit: string | null, readonly maximumPerDay: number | null, readonly codes: ReadonlyArray<{ readonly system: string, readonly code: string, readonly display: string | null }>, readonly plausibleRange: { readonly low: number, readonly high: number } | null }> } | null, readonly patient: { readonly id: string, readonly fhirId: string, readonly familyName: string | null, readonly givenNames: ReadonlyArray<string>, readonly birthDate: string | null, readonly gender: AdministrativeGender | null, readonly deceasedAt: string | null, readonly isActive: boolean, readonly replacedByFhirId: string | null, readonly syncedAt: string | null, readonly identifiers: ReadonlyArray<{ readonly system: string, readonly value: string }> } }, readonly inputs: ReadonlyArray<{ readonly id: string, readonly revision: number, readonly sourceSystem: SourceSystem, readonly sourceId: string, readonly sourceVersion: string, readonly occurredAt: string, readonly occurredUntil: string, readonly issuedAt: string | null, readonly recordedAt: string, readonly body:
      | { readonly __typename: 'Observation', readonly value: number, readonly unit: string, readonly comparator: Comparator | null, readonly isPreliminary: boolean, readonly codes: ReadonlyArray<{ readonly system: string, readonly code: string, readonly display: string | null }> }
      | { readonly __typename: 'Treatment', readonly amount: number, readonly unit: string, readonly evidence: TreatmentEvidence, readonly codes: ReadonlyArray<{ readonly system: string, readonly code: string, readonly display: string | null }> }
      | { readonly __typename: 'Condition', readonly codes: ReadonlyArray<{ readonly system: string, readonly code: string, readonly display: string | null }> }
      | { readonly __typename: 'Procedure', readonly codes: ReadonlyArray<{ readonly system: string, readonly code: string, readonly display: string | null }> }
      | { readonly __typename: 'AcquiredImage', readonly modality: string, readonly seriesDescription: string | null, readonly laterality: Laterality | null, readonly isLossy: boolean, readonly caveats: ReadonlyArray<string> }
      | { readonly __typename: 'Gap', readonly missing: MissingKind, readonly message: string, readonly isTransient: boolean }
      | { readonly __typename: 'Retraction', readonly reason: string }
     }>, readonly image: { readonly isDeclined: boolean, readonly reason: string | null, readonly baseline: { readonly sha256: string, readonly pngPath: string, readonly shape: ReadonlyArray<number>, readonly displayRange: { readonly low: number, readonly high: number } | null }, readonly change: { readonly sha256: string, readonly pngPath: string, readonly shape: ReadonlyArray<number>, readonly displayRange: { readonly low: number, readonly high: number } | null }, readonly uncertainty: { readonly sha256: string, readonly pngPath: string, readonly shape: ReadonlyArray<number>, readonly displayRange: { readonly low: number, readonly high: number } | null } | null, readonly lesions: ReadonlyArray<{ readonly unit: string, readonly baseline: number, readonly value: number, readonly drawn: number, readonly intervals: ReadonlyArray<{ readonly coverage: number, readonly low: number, readonly high: number }> }>, readonly skill: { readonly skill: number | null, readonly patients: number, readonly intervals: number, readonly shrinkage: number }, readonly image: { readonly sha256: string, readonly pngPath: string, readonly shape: ReadonlyArray<number>, readonly displayRange: { readonly low: number, readonly high: number } | null } } | null, readonly namedScenarios: ReadonlyArray<{ readonly id: string, readonly name: string | null, readonly status: ForecastStatus, readonly interventions: ReadonlyArray<
      | { readonly __typename: 'TreatmentIntervention', readonly key: string, readonly from: string, readonly to: string, readonly amountPerDay: number }
      | { readonly __typename: 'ValueIntervention', readonly key: string, readonly value: number }
    > }>, readonly overlap: { readonly quantile: number, readonly isOutside: boolean, readonly reason: string | null } | null, readonly doseResponses: ReadonlyArray<{ readonly treatmentKey: string, readonly variableKey: string, readonly points: ReadonlyArray<{ readonly amountPerDay: number, readonly value: number, readonly low: number, readonly high: number, readonly populationValue: number, readonly populationLow: number, readonly populationHigh: number }> }>, readonly backTest: { readonly scoredAt: string, readonly values: ReadonlyArray<{ readonly key: string, readonly unit: string, readonly predicted: number, readonly baseline: number, readonly observed: number, readonly observedAt: string, readonly isInside90: boolean | null }>, readonly image: { readonly observedAt: string, readonly mse: number, readonly baselineMse: number } | null } | null, readonly jobs: ReadonlyArray<{ readonly id: string, readonly kind: JobKind, readonly subjectId: string, readonly status: JobStatus, readonly progress: number, readonly message: string | null, readonly attempt: number, readonly createdAt: string, readonly updatedAt: string }>, readonly reference: { readonly id: string } | null, readonly interventions: ReadonlyArray<
    | { readonly __typename: 'TreatmentIntervention', readonly key: string, readonly from: string, readonly to: string, readonly amountPerDay: number }
    | { readonly __typename: 'ValueIntervention', readonly key: string, readonly value: number }
  >, readonly values: ReadonlyArray<{ readonly key: string, readonly unit: string, readonly value: number | null, readonly baseline: number | null, readonly isDeclined: boolean, readonly reason: string | null, readonly intervals: ReadonlyArray<{ readonly coverage: number, readonly low: number, readonly high: number }>, readonly skill: { readonly skill: number | null, readonly patients: number, readonly intervals: number, readonly shrinkage: number } }> };

export type RequestForecastMutationVariables = Exact<{
  input: RequestForecastInput;
}>;


export type RequestForecastMutation = { readonly requestForecast:
    | { readonly __typename: 'RequestForecastSuccess', readonly forecast: { readonly id: string } }
    | { readonly __typename: 'Refusal', readonly message: string, readonly field: string | null }
   };

export type RunScenarioMutationVariables = Exact<{
  input: RunScenarioInput;
}>;


export type RunScenarioMutation = { readonly runScenario:
    | { readonly __typename: 'RunScenarioSuccess', readonly forecast: { readonly id: string } }
    | { readonly __typename: 'Refusal', readonly message: string, readonly field: string | null }
   };

export type NameScenarioMutationVariables = Exact<{
  id: string;
  name?: string | null | undefined;
}>;


export type NameScenarioMutation = { readonly nameScenario:
    | { readonly __typename: 'NameScenarioSuccess', readonly forecast: { readonly id: string, readonly name: string | null } }
    | { readonly __typename: 'Refusal', readonly message: string }
   };

export type CompareQueryVariables = Exact<{
  reference: string;
  scenario: string;
}>;


export type CompareQuery = { readonly compareForecasts:
    | { readonly __typename: 'ForecastComparison', readonly image: { readonly meanAbsoluteDifference: number, readonly maximumAbsoluteDifference: number, readonly isIdentical: boolean, readonly image: { readonly sha256: string, readonly pngPath: string, readonly shape: ReadonlyArray<number>, readonly displayRange: { readonly low: number, readonly high: number } | null }, readonly lesions: ReadonlyArray<{ readonly difference: number }> } | null, readonly values: ReadonlyArray<{ readonly key: string, readonly unit: string, readonly reference: number | null, readonly scenario: number | null, readonly difference: number | null }> }
    | { readonly __typename: 'Refusal', readonly message: string }
   };

export type PictureFragment = { readonly sha256: string, readonly pngPath: string, readonly shape: ReadonlyArray<number>, readonly displayRange: { readonly low: number, readonly high: number } | null };

export type EntryFragment = { readonly id: string, readonly revision: number, readonly sourceSystem: SourceSystem, readonly sourceId: string, readonly sourceVersion: string, readonly occurredAt: string, readonly occurredUntil: string, readonly issuedAt: string | null, readonly recordedAt: string, readonly body:
    | { readonly __typename: 'Observation', readonly value: number, readonly unit: string, readonly comparator: Comparator | null, readonly isPreliminary: boolean, readonly codes: ReadonlyArray<{ readonly system: string, readonly code: string, readonly display: string | null }> }
    | { readonly __typename: 'Treatment', readonly amount: number, readonly unit: string, readonly evidence: TreatmentEvidence, readonly codes: ReadonlyArray<{ readonly system: string, readonly code: string, readonly display: string | null }> }
    | { readonly __typename: 'Condition', readonly codes: ReadonlyArray<{ readonly system: string, readonly code: string, readonly display: string | null }> }
    | { readonly __typename: 'Procedure', readonly codes: ReadonlyArray<{ readonly system: string, readonly code: string, readonly display: string | null }> }
    | { readonly __typename: 'AcquiredImage', readonly modality: string, readonly seriesDescription: string | null, readonly laterality: Laterality | null, readonly isLossy: boolean, readonly caveats: ReadonlyArray<string> }
    | { readonly __typename: 'Gap', readonly missing: MissingKind, readonly message: string, readonly isTransient: boolean }
    | { readonly __typename: 'Retraction', readonly reason: string }
   };

export type CodeFragment = { readonly system: string, readonly code: string, readonly display: string | null };

export type DefinitionFragment = { readonly id: string, readonly title: string, readonly version: string, readonly defaultHorizonDays: number, readonly maximumHorizonDays: number, readonly minimumVisits: number, readonly registration: { readonly acceptanceMeasure: AcceptanceMeasure, readonly acceptedFrom: number, readonly refusedBelow: number }, readonly variables: ReadonlyArray<{ readonly key: string, readonly title: string, readonly role: VariableRole, readonly unit: string | null, readonly maximumPerDay: number | null, readonly codes: ReadonlyArray<{ readonly system: string, readonly code: string, readonly display: string | null }>, readonly plausibleRange: { readonly low: number, readonly high: number } | null }> };

export type PersonFragment = { readonly id: string, readonly fhirId: string, readonly familyName: string | null, readonly givenNames: ReadonlyArray<string>, readonly birthDate: string | null, readonly gender: AdministrativeGender | null, readonly deceasedAt: string | null, readonly isActive: boolean, readonly replacedByFhirId: string | null, readonly syncedAt: string | null, readonly identifiers: ReadonlyArray<{ readonly system: string, readonly value: string }> };

export type WorkFragment = { readonly id: string, readonly kind: JobKind, readonly subjectId: string, readonly status: JobStatus, readonly progress: number, readonly message: string | null, readonly attempt: number, readonly createdAt: string, readonly updatedAt: string };

export type SkillFragment = { readonly skill: number | null, readonly patients: number, readonly intervals: number, readonly shrinkage: number };

export type PredictionFragment = { readonly key: string, readonly unit: string, readonly value: number | null, readonly baseline: number | null, readonly isDeclined: boolean, readonly reason: string | null, readonly intervals: ReadonlyArray<{ readonly coverage: number, readonly low: number, readonly high: number }>, readonly skill: { readonly skill: number | null, readonly patients: number, readonly intervals: number, readonly shrinkage: number } };

type Change_TreatmentIntervention_Fragment = { readonly __typename: 'TreatmentIntervention', readonly key: string, readonly from: string, readonly to: string, readonly amountPerDay: number };

type Change_ValueIntervention_Fragment = { readonly __typename: 'ValueIntervention', readonly key: string, readonly value: number };

export type ChangeFragment =
  | Change_TreatmentIntervention_Fragment
  | Change_ValueIntervention_Fragment
;

export type ForecastOutlineFragment = { readonly id: string, readonly status: ForecastStatus, readonly statusReason: string | null, readonly originAt: string | null, readonly targetAt: string, readonly horizonDays: number | null, readonly createdAt: string, readonly completedAt: string | null, readonly modelId: string, readonly name: string | null, readonly reference: { readonly id: string } | null, readonly interventions: ReadonlyArray<
    | { readonly __typename: 'TreatmentIntervention', readonly key: string, readonly from: string, readonly to: string, readonly amountPerDay: number }
    | { readonly __typename: 'ValueIntervention', readonly key: string, readonly value: number }
  >, readonly values: ReadonlyArray<{ readonly key: string, readonly unit: string, readonly value: number | null, readonly baseline: number | null, readonly isDeclined: boolean, readonly reason: string | null, readonly intervals: ReadonlyArray<{ readonly coverage: number, readonly low: number, readonly high: number }>, readonly skill: { readonly skill: number | null, readonly patients: number, readonly intervals: number, readonly shrinkage: number } }>, readonly image: { readonly isDeclined: boolean, readonly reason: string | null, readonly skill: { readonly skill: number | null, readonly patients: number, readonly intervals: number, readonly shrinkage: number }, readonly image: { readonly sha256: string, readonly pngPath: string, readonly shape: ReadonlyArray<number>, readonly displayRange: { readonly low: number, readonly high: number } | null } } | null };

export type LesionFragment = { readonly unit: string, readonly baseline: number, readonly value: number, readonly drawn: number, readonly intervals: ReadonlyArray<{ readonly coverage: number, readonly low: number, readonly high: number }> };

export type PatientsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
  search?: string | null | undefined;
}>;


export type PatientsQuery = { readonly patients: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly fhirId: string, readonly familyName: string | null, readonly givenNames: ReadonlyArray<string>, readonly birthDate: string | null, readonly gender: AdministrativeGender | null, readonly deceasedAt: string | null, readonly isActive: boolean, readonly replacedByFhirId: string | null, readonly syncedAt: string | null, readonly twins: ReadonlyArray<{ readonly id: string, readonly disease: string, readonly status: TwinStatus, readonly statusReason: string | null, readonly definition: { readonly title: string } | null, readonly gaps: ReadonlyArray<{ readonly id: string, readonly body:
            | { readonly __typename: 'Observation' }
            | { readonly __typename: 'Treatment' }
            | { readonly __typename: 'Condition' }
            | { readonly __typename: 'Procedure' }
            | { readonly __typename: 'AcquiredImage' }
            | { readonly __typename: 'Gap', readonly message: string }
            | { readonly __typename: 'Retraction' }
           }>, readonly latestForecast: { readonly id: string, readonly status: ForecastStatus, readonly targetAt: string, readonly completedAt: string | null, readonly createdAt: string } | null }>, readonly identifiers: ReadonlyArray<{ readonly system: string, readonly value: string }> }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } }, readonly diseaseDefinitions: ReadonlyArray<{ readonly id: string, readonly title: string }> };

export type TwinOutlineFragment = { readonly id: string, readonly disease: string, readonly status: TwinStatus, readonly statusReason: string | null, readonly definition: { readonly title: string } | null, readonly gaps: ReadonlyArray<{ readonly id: string, readonly body:
      | { readonly __typename: 'Observation' }
      | { readonly __typename: 'Treatment' }
      | { readonly __typename: 'Condition' }
      | { readonly __typename: 'Procedure' }
      | { readonly __typename: 'AcquiredImage' }
      | { readonly __typename: 'Gap', readonly message: string }
      | { readonly __typename: 'Retraction' }
     }>, readonly latestForecast: { readonly id: string, readonly status: ForecastStatus, readonly targetAt: string, readonly completedAt: string | null, readonly createdAt: string } | null };

export type ImportPatientMutationVariables = Exact<{
  fhirId: string;
}>;


export type ImportPatientMutation = { readonly importPatient:
    | { readonly __typename: 'SyncPatientSuccess', readonly patient: { readonly id: string } }
    | { readonly __typename: 'Refusal', readonly message: string }
   };

export type CreateTwinMutationVariables = Exact<{
  input: CreateDiseaseTwinInput;
}>;


export type CreateTwinMutation = { readonly createDiseaseTwin:
    | { readonly __typename: 'CreateDiseaseTwinSuccess', readonly twin: { readonly id: string } }
    | { readonly __typename: 'Refusal', readonly message: string }
   };

export type TwinQueryVariables = Exact<{
  id: string;
}>;


export type TwinQuery = { readonly diseaseTwin: { readonly id: string, readonly disease: string, readonly diseaseVersion: string, readonly modelId: string, readonly status: TwinStatus, readonly statusReason: string | null, readonly definition: { readonly id: string, readonly title: string, readonly version: string, readonly defaultHorizonDays: number, readonly maximumHorizonDays: number, readonly minimumVisits: number, readonly registration: { readonly acceptanceMeasure: AcceptanceMeasure, readonly acceptedFrom: number, readonly refusedBelow: number }, readonly variables: ReadonlyArray<{ readonly key: string, readonly title: string, readonly role: VariableRole, readonly unit: string | null, readonly maximumPerDay: number | null, readonly codes: ReadonlyArray<{ readonly system: string, readonly code: string, readonly display: string | null }>, readonly plausibleRange: { readonly low: number, readonly high: number } | null }> } | null, readonly patient: { readonly id: string, readonly fhirId: string, readonly familyName: string | null, readonly givenNames: ReadonlyArray<string>, readonly birthDate: string | null, readonly gender: AdministrativeGender | null, readonly deceasedAt: string | null, readonly isActive: boolean, readonly replacedByFhirId: string | null, readonly syncedAt: string | null, readonly jobs: ReadonlyArray<{ readonly id: string, readonly kind: JobKind, readonly subjectId: string, readonly status: JobStatus, readonly progress: number, readonly message: string | null, readonly attempt: number, readonly createdAt: string, readonly updatedAt: string }>, readonly identifiers: ReadonlyArray<{ readonly system: string, readonly value: string }> }, readonly visits: ReadonlyArray<{ readonly index: number, readonly occurredAt: string, readonly intervalDays: number | null, readonly isReference: boolean, readonly entry: { readonly id: string, readonly body:
          | { readonly __typename: 'Observation' }
          | { readonly __typename: 'Treatment' }
          | { readonly __typename: 'Condition' }
          | { readonly __typename: 'Procedure' }
          | { readonly __typename: 'AcquiredImage', readonly modality: string, readonly seriesDescription: string | null, readonly caveats: ReadonlyArray<string> }
          | { readonly __typename: 'Gap' }
          | { readonly __typename: 'Retraction' }
         }, readonly image: { readonly sha256: string, readonly pngPath: string, readonly shape: ReadonlyArray<number>, readonly displayRange: { readonly low: number, readonly high: number } | null }, readonly alignedImage: { readonly sha256: string, readonly pngPath: string, readonly shape: ReadonlyArray<number>, readonly displayRange: { readonly low: number, readonly high: number } | null } | null, readonly registration: { readonly verdict: RegistrationVerdict, readonly reason: string | null, readonly method: string, readonly elapsedMs: number, readonly before: { readonly maskedSsim: number, readonly nmi: number, readonly ncc: number } | null, readonly after: { readonly maskedSsim: number, readonly nmi: number, readonly ncc: number } | null, readonly quality: { readonly coverage: number, readonly inverseConsistencyMm: number | null, readonly foldedPercent: number } | null, readonly rejectedDeformation: { readonly reason: string } | null } | null, readonly values: ReadonlyArray<{ readonly status: ValueStatus, readonly value: number | null, readonly bound: number | null, readonly comparator: Comparator | null, readonly ageDays: number | null, readonly observedAt: string | null, readonly reason: string | null, readonly variable: { readonly key: string }, readonly entry: { readonly id: string } | null }>, readonly statics: ReadonlyArray<{ readonly status: ValueStatus, readonly number: number | null, readonly category: string | null, readonly reason: string | null, readonly variable: { readonly key: string } }>, readonly exposures: ReadonlyArray<{ readonly amount: number, readonly variable: { readonly key: string }, readonly entries: ReadonlyArray<{ readonly id: string, readonly occurredAt: string, readonly occurredUntil: string, readonly body:
            | { readonly __typename: 'Observation' }
            | { readonly __typename: 'Treatment', readonly amount: number }
            | { readonly __typename: 'Condition' }
            | { readonly __typename: 'Procedure' }
            | { readonly __typename: 'AcquiredImage' }
            | { readonly __typename: 'Gap' }
            | { readonly __typename: 'Retraction' }
           }>, readonly unusable: ReadonlyArray<{ readonly reason: string }> }> }>, readonly gaps: ReadonlyArray<{ readonly id: string, readonly revision: number, readonly sourceSystem: SourceSystem, readonly sourceId: string, readonly sourceVersion: string, readonly occurredAt: string, readonly occurredUntil: string, readonly issuedAt: string | null, readonly recordedAt: string, readonly body:
        | { readonly __typename: 'Observation', readonly value: number, readonly unit: string, readonly comparator: Comparator | null, readonly isPreliminary: boolean, readonly codes: ReadonlyArray<{ readonly system: string, readonly code: string, readonly display: string | null }> }
        | { readonly __typename: 'Treatment', readonly amount: number, readonly unit: string, readonly evidence: TreatmentEvidence, readonly codes: ReadonlyArray<{ readonly system: string, readonly code: string, readonly display: string | null }> }
        | { readonly __typename: 'Condition', readonly codes: ReadonlyArray<{ readonly system: string, readonly code: string, readonly display: string | null }> }
        | { readonly __typename: 'Procedure', readonly codes: ReadonlyArray<{ readonly system: string, readonly code: string, readonly display: string | null }> }
        | { readonly __typename: 'AcquiredImage', readonly modality: string, readonly seriesDescription: string | null, readonly laterality: Laterality | null, readonly isLossy: boolean, readonly caveats: ReadonlyArray<string> }
        | { readonly __typename: 'Gap', readonly missing: MissingKind, readonly message: string, readonly isTransient: boolean }
        | { readonly __typename: 'Retraction', readonly reason: string }
       }>, readonly forecasts: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly status: ForecastStatus, readonly statusReason: string | null, readonly originAt: string | null, readonly targetAt: string, readonly horizonDays: number | null, readonly createdAt: string, readonly completedAt: string | null, readonly modelId: string, readonly name: string | null, readonly reference: { readonly id: string } | null, readonly interventions: ReadonlyArray<
          | { readonly __typename: 'TreatmentIntervention', readonly key: string, readonly from: string, readonly to: string, readonly amountPerDay: number }
          | { readonly __typename: 'ValueIntervention', readonly key: string, readonly value: number }
        >, readonly values: ReadonlyArray<{ readonly key: string, readonly unit: string, readonly value: number | null, readonly baseline: number | null, readonly isDeclined: boolean, readonly reason: string | null, readonly intervals: ReadonlyArray<{ readonly coverage: number, readonly low: number, readonly high: number }>, readonly skill: { readonly skill: number | null, readonly patients: number, readonly intervals: number, readonly shrinkage: number } }>, readonly image: { readonly isDeclined: boolean, readonly reason: string | null, readonly skill: { readonly skill: number | null, readonly patients: number, readonly intervals: number, readonly shrinkage: number }, readonly image: { readonly sha256: string, readonly pngPath: string, readonly shape: ReadonlyArray<number>, readonly displayRange: { readonly low: number, readonly high: number } | null } } | null }> }, readonly backTests: ReadonlyArray<{ readonly scoredAt: string, readonly forecast: { readonly id: string, readonly originAt: string | null, readonly targetAt: string, readonly reference: { readonly id: string } | null, readonly values: ReadonlyArray<{ readonly key: string, readonly intervals: ReadonlyArray<{ readonly coverage: number, readonly low: number, readonly high: number }> }> }, readonly values: ReadonlyArray<{ readonly key: string, readonly unit: string, readonly predicted: number, readonly baseline: number, readonly observed: number, readonly observedAt: string, readonly isInside90: boolean | null }>, readonly image: { readonly observedAt: string, readonly mse: number, readonly baselineMse: number } | null }>, readonly posterior: { readonly modelVersion: string, readonly intervals: number, readonly effects: ReadonlyArray<{ readonly variable: string, readonly feature: string, readonly isLearned: boolean, readonly mean: number, readonly standardDeviation: number, readonly populationMean: number, readonly populationStandardDeviation: number }> } | null, readonly jobs: ReadonlyArray<{ readonly id: string, readonly kind: JobKind, readonly subjectId: string, readonly status: JobStatus, readonly progress: number, readonly message: string | null, readonly attempt: number, readonly createdAt: string, readonly updatedAt: string }> } | null };

export type OutcomeFragment = { readonly scoredAt: string, readonly values: ReadonlyArray<{ readonly key: string, readonly unit: string, readonly predicted: number, readonly baseline: number, readonly observed: number, readonly observedAt: string, readonly isInside90: boolean | null }>, readonly image: { readonly observedAt: string, readonly mse: number, readonly baselineMse: number } | null };

export type VisitViewFragment = { readonly index: number, readonly occurredAt: string, readonly intervalDays: number | null, readonly isReference: boolean, readonly entry: { readonly id: string, readonly body:
      | { readonly __typename: 'Observation' }
      | { readonly __typename: 'Treatment' }
      | { readonly __typename: 'Condition' }
      | { readonly __typename: 'Procedure' }
      | { readonly __typename: 'AcquiredImage', readonly modality: string, readonly seriesDescription: string | null, readonly caveats: ReadonlyArray<string> }
      | { readonly __typename: 'Gap' }
      | { readonly __typename: 'Retraction' }
     }, readonly image: { readonly sha256: string, readonly pngPath: string, readonly shape: ReadonlyArray<number>, readonly displayRange: { readonly low: number, readonly high: number } | null }, readonly alignedImage: { readonly sha256: string, readonly pngPath: string, readonly shape: ReadonlyArray<number>, readonly displayRange: { readonly low: number, readonly high: number } | null } | null, readonly registration: { readonly verdict: RegistrationVerdict, readonly reason: string | null, readonly method: string, readonly elapsedMs: number, readonly before: { readonly maskedSsim: number, readonly nmi: number, readonly ncc: number } | null, readonly after: { readonly maskedSsim: number, readonly nmi: number, readonly ncc: number } | null, readonly quality: { readonly coverage: number, readonly inverseConsistencyMm: number | null, readonly foldedPercent: number } | null, readonly rejectedDeformation: { readonly reason: string } | null } | null, readonly values: ReadonlyArray<{ readonly status: ValueStatus, readonly value: number | null, readonly bound: number | null, readonly comparator: Comparator | null, readonly ageDays: number | null, readonly observedAt: string | null, readonly reason: string | null, readonly variable: { readonly key: string }, readonly entry: { readonly id: string } | null }>, readonly statics: ReadonlyArray<{ readonly status: ValueStatus, readonly number: number | null, readonly category: string | null, readonly reason: string | null, readonly variable: { readonly key: string } }>, readonly exposures: ReadonlyArray<{ readonly amount: number, readonly variable: { readonly key: string }, readonly entries: ReadonlyArray<{ readonly id: string, readonly occurredAt: string, readonly occurredUntil: string, readonly body:
        | { readonly __typename: 'Observation' }
        | { readonly __typename: 'Treatment', readonly amount: number }
        | { readonly __typename: 'Condition' }
        | { readonly __typename: 'Procedure' }
        | { readonly __typename: 'AcquiredImage' }
        | { readonly __typename: 'Gap' }
        | { readonly __typename: 'Retraction' }
       }>, readonly unusable: ReadonlyArray<{ readonly reason: string }> }> };

export type DoseFragment = { readonly id: string, readonly occurredAt: string, readonly occurredUntil: string, readonly body:
    | { readonly __typename: 'Observation' }
    | { readonly __typename: 'Treatment', readonly amount: number }
    | { readonly __typename: 'Condition' }
    | { readonly __typename: 'Procedure' }
    | { readonly __typename: 'AcquiredImage' }
    | { readonly __typename: 'Gap' }
    | { readonly __typename: 'Retraction' }
   };

export type SimilarityFragment = { readonly maskedSsim: number, readonly nmi: number, readonly ncc: number };

export type RecordQueryVariables = Exact<{
  id: string;
  after?: string | null | undefined;
}>;


export type RecordQuery = { readonly diseaseTwin: { readonly timeline: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly revision: number, readonly sourceSystem: SourceSystem, readonly sourceId: string, readonly sourceVersion: string, readonly occurredAt: string, readonly occurredUntil: string, readonly issuedAt: string | null, readonly recordedAt: string, readonly body:
          | { readonly __typename: 'Observation', readonly value: number, readonly unit: string, readonly comparator: Comparator | null, readonly isPreliminary: boolean, readonly codes: ReadonlyArray<{ readonly system: string, readonly code: string, readonly display: string | null }> }
          | { readonly __typename: 'Treatment', readonly amount: number, readonly unit: string, readonly evidence: TreatmentEvidence, readonly codes: ReadonlyArray<{ readonly system: string, readonly code: string, readonly display: string | null }> }
          | { readonly __typename: 'Condition', readonly codes: ReadonlyArray<{ readonly system: string, readonly code: string, readonly display: string | null }> }
          | { readonly __typename: 'Procedure', readonly codes: ReadonlyArray<{ readonly system: string, readonly code: string, readonly display: string | null }> }
          | { readonly __typename: 'AcquiredImage', readonly modality: string, readonly seriesDescription: string | null, readonly laterality: Laterality | null, readonly isLossy: boolean, readonly caveats: ReadonlyArray<string> }
          | { readonly __typename: 'Gap', readonly missing: MissingKind, readonly message: string, readonly isTransient: boolean }
          | { readonly __typename: 'Retraction', readonly reason: string }
         }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } } | null };

export type TwinEventsSubscriptionVariables = Exact<{
  twinId: string;
  after: number;
}>;


export type TwinEventsSubscription = { readonly twinEvents: { readonly seq: number, readonly type: TwinEventType, readonly message: string, readonly createdAt: string, readonly forecast: { readonly id: string } | null } };

export type JobProgressSubscriptionVariables = Exact<{
  jobId: string;
}>;


export type JobProgressSubscription = { readonly jobProgress: { readonly id: string, readonly kind: JobKind, readonly subjectId: string, readonly status: JobStatus, readonly progress: number, readonly message: string | null, readonly attempt: number, readonly createdAt: string, readonly updatedAt: string } };

export type SyncPatientMutationVariables = Exact<{
  patientId: string;
}>;


export type SyncPatientMutation = { readonly syncPatient:
    | { readonly __typename: 'SyncPatientSuccess', readonly job: { readonly id: string, readonly kind: JobKind, readonly subjectId: string, readonly status: JobStatus, readonly progress: number, readonly message: string | null, readonly attempt: number, readonly createdAt: string, readonly updatedAt: string } }
    | { readonly __typename: 'Refusal', readonly message: string }
   };

export type CancelJobMutationVariables = Exact<{
  jobId: string;
}>;


export type CancelJobMutation = { readonly cancelJob:
    | { readonly __typename: 'CancelJobSuccess', readonly job: { readonly id: string, readonly kind: JobKind, readonly subjectId: string, readonly status: JobStatus, readonly progress: number, readonly message: string | null, readonly attempt: number, readonly createdAt: string, readonly updatedAt: string } }
    | { readonly __typename: 'Refusal', readonly message: string }
   };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const ChangeFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment Change on Intervention {
  __typename
  ... on TreatmentIntervention {
    key
    from
    to
    amountPerDay
  }
  ... on ValueIntervention {
    key
    value
  }
}
    `, {"fragmentName":"Change"}) as unknown as TypedDocumentString<ChangeFragment, unknown>;
export const SkillFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment Skill on SkillStatement {
  skill
  patients
  intervals
  shrinkage
}
    `, {"fragmentName":"Skill"}) as unknown as TypedDocumentString<SkillFragment, unknown>;
export const PredictionFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment Prediction on ForecastValue {
  key
  unit
  value
  baseline
  intervals {
    coverage
    low
    high
  }
  isDeclined
  reason
  skill {
    ...Skill
  }
}
    fragment Skill on SkillStatement {
  skill
  patients
  intervals
  shrinkage
}`, {"fragmentName":"Prediction"}) as unknown as TypedDocumentString<PredictionFragment, unknown>;
export const PictureFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment Picture on Image {
  sha256
  pngPath
  shape
  displayRange {
    low
    high
  }
}
    `, {"fragmentName":"Picture"}) as unknown as TypedDocumentString<PictureFragment, unknown>;
export const ForecastOutlineFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment ForecastOutline on Forecast {
  id
  status
  statusReason
  originAt
  targetAt
  horizonDays
  createdAt
  completedAt
  modelId
  name
  reference {
    id
  }
  interventions {
    ...Change
  }
  values {
    ...Prediction
  }
  image {
    isDeclined
    reason
    skill {
      ...Skill
    }
    image {
      ...Picture
    }
  }
}
    fragment Picture on Image {
  sha256
  pngPath
  shape
  displayRange {
    low
    high
  }
}
fragment Skill on SkillStatement {
  skill
  patients
  intervals
  shrinkage
}
fragment Prediction on ForecastValue {
  key
  unit
  value
  baseline
  intervals {
    coverage
    low
    high
  }
  isDeclined
  reason
  skill {
    ...Skill
  }
}
fragment Change on Intervention {
  __typename
  ... on TreatmentIntervention {
    key
    from
    to
    amountPerDay
  }
  ... on ValueIntervention {
    key
    value
  }
}`, {"fragmentName":"ForecastOutline"}) as unknown as TypedDocumentString<ForecastOutlineFragment, unknown>;
export const CodeFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment Code on Coding {
  system
  code
  display
}
    `, {"fragmentName":"Code"}) as unknown as TypedDocumentString<CodeFragment, unknown>;
export const DefinitionFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment Definition on DiseaseDefinition {
  id
  title
  version
  defaultHorizonDays
  maximumHorizonDays
  minimumVisits
  registration {
    acceptanceMeasure
    acceptedFrom
    refusedBelow
  }
  registration {
    acceptanceMeasure
    acceptedFrom
    refusedBelow
  }
  variables {
    key
    title
    role
    unit
    codes {
      ...Code
    }
    plausibleRange {
      low
      high
    }
    maximumPerDay
  }
}
    fragment Code on Coding {
  system
  code
  display
}`, {"fragmentName":"Definition"}) as unknown as TypedDocumentString<DefinitionFragment, unknown>;
export const PersonFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment Person on Patient {
  id
  fhirId
  familyName
  givenNames
  birthDate
  gender
  deceasedAt
  isActive
  replacedByFhirId
  syncedAt
  identifiers {
    system
    value
  }
}
    `, {"fragmentName":"Person"}) as unknown as TypedDocumentString<PersonFragment, unknown>;
export const EntryFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment Entry on TimelineEntry {
  id
  revision
  sourceSystem
  sourceId
  sourceVersion
  occurredAt
  occurredUntil
  issuedAt
  recordedAt
  body {
    __typename
    ... on Observation {
      codes {
        ...Code
      }
      value
      unit
      comparator
      isPreliminary
    }
    ... on Treatment {
      codes {
        ...Code
      }
      amount
      unit
      evidence
    }
    ... on Condition {
      codes {
        ...Code
      }
    }
    ... on Procedure {
      codes {
        ...Code
      }
    }
    ... on AcquiredImage {
      modality
      seriesDescription
      laterality
      isLossy
      caveats
    }
    ... on Gap {
      missing
      message
      isTransient
    }
    ... on Retraction {
      reason
    }
  }
}
    fragment Code on Coding {
  system
  code
  display
}`, {"fragmentName":"Entry"}) as unknown as TypedDocumentString<EntryFragment, unknown>;
export const LesionFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment Lesion on LesionVolume {
  unit
  baseline
  value
  drawn
  intervals {
    coverage
    low
    high
  }
}
    `, {"fragmentName":"Lesion"}) as unknown as TypedDocumentString<LesionFragment, unknown>;
export const OutcomeFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment Outcome on BackTest {
  scoredAt
  values {
    key
    unit
    predicted
    baseline
    observed
    observedAt
    isInside90
  }
  image {
    observedAt
    mse
    baselineMse
  }
}
    `, {"fragmentName":"Outcome"}) as unknown as TypedDocumentString<OutcomeFragment, unknown>;
export const WorkFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment Work on Job {
  id
  kind
  subjectId
  status
  progress
  message
  attempt
  createdAt
  updatedAt
}
    `, {"fragmentName":"Work"}) as unknown as TypedDocumentString<WorkFragment, unknown>;
export const ForecastViewFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment ForecastView on Forecast {
  ...ForecastOutline
  twin {
    id
    status
    disease
    definition {
      ...Definition
    }
    patient {
      ...Person
    }
  }
  asOf
  modelVersion
  seed
  inputHash
  replayId
  inputs {
    ...Entry
  }
  image {
    baseline {
      ...Picture
    }
    change {
      ...Picture
    }
    uncertainty {
      ...Picture
    }
    lesions {
      ...Lesion
    }
  }
  namedScenarios {
    id
    name
    status
    interventions {
      ...Change
    }
  }
  overlap {
    quantile
    isOutside
    reason
  }
  doseResponses {
    treatmentKey
    variableKey
    points {
      amountPerDay
      value
      low
      high
      populationValue
      populationLow
      populationHigh
    }
  }
  backTest {
    ...Outcome
  }
  assumptions
  elapsedMs
  jobs {
    ...Work
  }
}
    fragment Picture on Image {
  sha256
  pngPath
  shape
  displayRange {
    low
    high
  }
}
fragment Entry on TimelineEntry {
  id
  revision
  sourceSystem
  sourceId
  sourceVersion
  occurredAt
  occurredUntil
  issuedAt
  recordedAt
  body {
    __typename
    ... on Observation {
      codes {
        ...Code
      }
      value
      unit
      comparator
      isPreliminary
    }
    ... on Treatment {
      codes {
        ...Code
      }
      amount
      unit
      evidence
    }
    ... on Condition {
      codes {
        ...Code
      }
    }
    ... on Procedure {
      codes {
        ...Code
      }
    }
    ... on AcquiredImage {
      modality
      seriesDescription
      laterality
      isLossy
      caveats
    }
    ... on Gap {
      missing
      message
      isTransient
    }
    ... on Retraction {
      reason
    }
  }
}
fragment Code on Coding {
  system
  code
  display
}
fragment Definition on DiseaseDefinition {
  id
  title
  version
  defaultHorizonDays
  maximumHorizonDays
  minimumVisits
  registration {
    acceptanceMeasure
    acceptedFrom
    refusedBelow
  }
  registration {
    acceptanceMeasure
    acceptedFrom
    refusedBelow
  }
  variables {
    key
    title
    role
    unit
    codes {
      ...Code
    }
    plausibleRange {
      low
      high
    }
    maximumPerDay
  }
}
fragment Person on Patient {
  id
  fhirId
  familyName
  givenNames
  birthDate
  gender
  deceasedAt
  isActive
  replacedByFhirId
  syncedAt
  identifiers {
    system
    value
  }
}
fragment Work on Job {
  id
  kind
  subjectId
  status
  progress
  message
  attempt
  createdAt
  updatedAt
}
fragment Skill on SkillStatement {
  skill
  patients
  intervals
  shrinkage
}
fragment Prediction on ForecastValue {
  key
  unit
  value
  baseline
  intervals {
    coverage
    low
    high
  }
  isDeclined
  reason
  skill {
    ...Skill
  }
}
fragment Change on Intervention {
  __typename
  ... on TreatmentIntervention {
    key
    from
    to
    amountPerDay
  }
  ... on ValueIntervention {
    key
    value
  }
}
fragment ForecastOutline on Forecast {
  id
  status
  statusReason
  originAt
  targetAt
  horizonDays
  createdAt
  completedAt
  modelId
  name
  reference {
    id
  }
  interventions {
    ...Change
  }
  values {
    ...Prediction
  }
  image {
    isDeclined
    reason
    skill {
      ...Skill
    }
    image {
      ...Picture
    }
  }
}
fragment Lesion on LesionVolume {
  unit
  baseline
  value
  drawn
  intervals {
    coverage
    low
    high
  }
}
fragment Outcome on BackTest {
  scoredAt
  values {
    key
    unit
    predicted
    baseline
    observed
    observedAt
    isInside90
  }
  image {
    observedAt
    mse
    baselineMse
  }
}`, {"fragmentName":"ForecastView"}) as unknown as TypedDocumentString<ForecastViewFragment, unknown>;
export const TwinOutlineFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment TwinOutline on DiseaseTwin {
  id
  disease
  status
  statusReason
  definition {
    title
  }
  gaps {
    id
    body {
      __typename
      ... on Gap {
        message
      }
    }
  }
  latestForecast {
    id
    status
    targetAt
    completedAt
    createdAt
  }
}
    `, {"fragmentName":"TwinOutline"}) as unknown as TypedDocumentString<TwinOutlineFragment, unknown>;
export const SimilarityFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment Similarity on SimilarityMeasures {
  maskedSsim
  nmi
  ncc
}
    `, {"fragmentName":"Similarity"}) as unknown as TypedDocumentString<SimilarityFragment, unknown>;
export const DoseFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment Dose on TimelineEntry {
  id
  occurredAt
  occurredUntil
  body {
    __typename
    ... on Treatment {
      amount
    }
  }
}
    `, {"fragmentName":"Dose"}) as unknown as TypedDocumentString<DoseFragment, unknown>;
export const VisitViewFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment VisitView on Visit {
  index
  occurredAt
  intervalDays
  isReference
  entry {
    id
    body {
      __typename
      ... on AcquiredImage {
        modality
        seriesDescription
        caveats
      }
    }
  }
  image {
    ...Picture
  }
  alignedImage {
    ...Picture
  }
  registration {
    verdict
    reason
    method
    before {
      ...Similarity
    }
    after {
      ...Similarity
    }
    quality {
      coverage
      inverseConsistencyMm
      foldedPercent
    }
    rejectedDeformation {
      reason
    }
    elapsedMs
  }
  values {
    variable {
      key
    }
    status
    value
    bound
    comparator
    ageDays
    observedAt
    reason
    entry {
      id
    }
  }
  statics {
    variable {
      key
    }
    status
    number
    category
    reason
  }
  exposures {
    variable {
      key
    }
    amount
    entries {
      ...Dose
    }
    unusable {
      reason
    }
  }
}
    fragment Picture on Image {
  sha256
  pngPath
  shape
  displayRange {
    low
    high
  }
}
fragment Dose on TimelineEntry {
  id
  occurredAt
  occurredUntil
  body {
    __typename
    ... on Treatment {
      amount
    }
  }
}
fragment Similarity on SimilarityMeasures {
  maskedSsim
  nmi
  ncc
}`, {"fragmentName":"VisitView"}) as unknown as TypedDocumentString<VisitViewFragment, unknown>;
export const ForecastDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Forecast($id: ID!) {
  forecast(id: $id) {
    ...ForecastView
  }
}
    fragment ForecastView on Forecast {
  ...ForecastOutline
  twin {
    id
    status
    disease
    definition {
      ...Definition
    }
    patient {
      ...Person
    }
  }
  asOf
  modelVersion
  seed
  inputHash
  replayId
  inputs {
    ...Entry
  }
  image {
    baseline {
      ...Picture
    }
    change {
      ...Picture
    }
    uncertainty {
      ...Picture
    }
    lesions {
      ...Lesion
    }
  }
  namedScenarios {
    id
    name
    status
    interventions {
      ...Change
    }
  }
  overlap {
    quantile
    isOutside
    reason
  }
  doseResponses {
    treatmentKey
    variableKey
    points {
      amountPerDay
      value
      low
      high
      populationValue
      populationLow
      populationHigh
    }
  }
  backTest {
    ...Outcome
  }
  assumptions
  elapsedMs
  jobs {
    ...Work
  }
}
fragment Picture on Image {
  sha256
  pngPath
  shape
  displayRange {
    low
    high
  }
}
fragment Entry on TimelineEntry {
  id
  revision
  sourceSystem
  sourceId
  sourceVersion
  occurredAt
  occurredUntil
  issuedAt
  recordedAt
  body {
    __typename
    ... on Observation {
      codes {
        ...Code
      }
      value
      unit
      comparator
      isPreliminary
    }
    ... on Treatment {
      codes {
        ...Code
      }
      amount
      unit
      evidence
    }
    ... on Condition {
      codes {
        ...Code
      }
    }
    ... on Procedure {
      codes {
        ...Code
      }
    }
    ... on AcquiredImage {
      modality
      seriesDescription
      laterality
      isLossy
      caveats
    }
    ... on Gap {
      missing
      message
      isTransient
    }
    ... on Retraction {
      reason
    }
  }
}
fragment Code on Coding {
  system
  code
  display
}
fragment Definition on DiseaseDefinition {
  id
  title
  version
  defaultHorizonDays
  maximumHorizonDays
  minimumVisits
  registration {
    acceptanceMeasure
    acceptedFrom
    refusedBelow
  }
  registration {
    acceptanceMeasure
    acceptedFrom
    refusedBelow
  }
  variables {
    key
    title
    role
    unit
    codes {
      ...Code
    }
    plausibleRange {
      low
      high
    }
    maximumPerDay
  }
}
fragment Person on Patient {
  id
  fhirId
  familyName
  givenNames
  birthDate
  gender
  deceasedAt
  isActive
  replacedByFhirId
  syncedAt
  identifiers {
    system
    value
  }
}
fragment Work on Job {
  id
  kind
  subjectId
  status
  progress
  message
  attempt
  createdAt
  updatedAt
}
fragment Skill on SkillStatement {
  skill
  patients
  intervals
  shrinkage
}
fragment Prediction on ForecastValue {
  key
  unit
  value
  baseline
  intervals {
    coverage
    low
    high
  }
  isDeclined
  reason
  skill {
    ...Skill
  }
}
fragment Change on Intervention {
  __typename
  ... on TreatmentIntervention {
    key
    from
    to
    amountPerDay
  }
  ... on ValueIntervention {
    key
    value
  }
}
fragment ForecastOutline on Forecast {
  id
  status
  statusReason
  originAt
  targetAt
  horizonDays
  createdAt
  completedAt
  modelId
  name
  reference {
    id
  }
  interventions {
    ...Change
  }
  values {
    ...Prediction
  }
  image {
    isDeclined
    reason
    skill {
      ...Skill
    }
    image {
      ...Picture
    }
  }
}
fragment Lesion on LesionVolume {
  unit
  baseline
  value
  drawn
  intervals {
    coverage
    low
    high
  }
}
fragment Outcome on BackTest {
  scoredAt
  values {
    key
    unit
    predicted
    baseline
    observed
    observedAt
    isInside90
  }
  image {
    observedAt
    mse
    baselineMse
  }
}`) as unknown as TypedDocumentString<ForecastQuery, ForecastQueryVariables>;
export const RequestForecastDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation RequestForecast($input: RequestForecastInput!) {
  requestForecast(input: $input) {
    __typename
    ... on RequestForecastSuccess {
      forecast {
        id
      }
    }
    ... on Refusal {
      message
      field
    }
  }
}
    `) as unknown as TypedDocumentString<RequestForecastMutation, RequestForecastMutationVariables>;
export const RunScenarioDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation RunScenario($input: RunScenarioInput!) {
  runScenario(input: $input) {
    __typename
    ... on RunScenarioSuccess {
      forecast {
        id
      }
    }
    ... on Refusal {
      message
      field
    }
  }
}
    `) as unknown as TypedDocumentString<RunScenarioMutation, RunScenarioMutationVariables>;
export const NameScenarioDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation NameScenario($id: ID!, $name: String) {
  nameScenario(forecastId: $id, name: $name) {
    __typename
    ... on NameScenarioSuccess {
      forecast {
        id
        name
      }
    }
    ... on Refusal {
      message
    }
  }
}
    `) as unknown as TypedDocumentString<NameScenarioMutation, NameScenarioMutationVariables>;
export const CompareDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Compare($reference: ID!, $scenario: ID!) {
  compareForecasts(reference: $reference, scenario: $scenario) {
    __typename
    ... on ForecastComparison {
      image {
        image {
          ...Picture
        }
        meanAbsoluteDifference
        maximumAbsoluteDifference
        isIdentical
        lesions {
          difference
        }
      }
      values {
        key
        unit
        reference
        scenario
        difference
      }
    }
    ... on Refusal {
      message
    }
  }
}
    fragment Picture on Image {
  sha256
  pngPath
  shape
  displayRange {
    low
    high
  }
}`) as unknown as TypedDocumentString<CompareQuery, CompareQueryVariables>;
export const PatientsDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Patients($first: Int!, $after: String, $search: String) {
  patients(first: $first, after: $after, search: $search) {
    nodes {
      ...Person
      twins {
        ...TwinOutline
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
  diseaseDefinitions {
    id
    title
  }
}
    fragment Person on Patient {
  id
  fhirId
  familyName
  givenNames
  birthDate
  gender
  deceasedAt
  isActive
  replacedByFhirId
  syncedAt
  identifiers {
    system
    value
  }
}
fragment TwinOutline on DiseaseTwin {
  id
  disease
  status
  statusReason
  definition {
    title
  }
  gaps {
    id
    body {
      __typename
      ... on Gap {
        message
      }
    }
  }
  latestForecast {
    id
    status
    targetAt
    completedAt
    createdAt
  }
}`) as unknown as TypedDocumentString<PatientsQuery, PatientsQueryVariables>;
export const ImportPatientDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation ImportPatient($fhirId: String!) {
  importPatient(fhirId: $fhirId) {
    __typename
    ... on SyncPatientSuccess {
      patient {
        id
      }
    }
    ... on Refusal {
      message
    }
  }
}
    `) as unknown as TypedDocumentString<ImportPatientMutation, ImportPatientMutationVariables>;
export const CreateTwinDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation CreateTwin($input: CreateDiseaseTwinInput!) {
  createDiseaseTwin(input: $input) {
    __typename
    ... on CreateDiseaseTwinSuccess {
      twin {
        id
      }
    }
    ... on Refusal {
      message
    }
  }
}
    `) as unknown as TypedDocumentString<CreateTwinMutation, CreateTwinMutationVariables>;
export const TwinDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Twin($id: ID!) {
  diseaseTwin(id: $id) {
    id
    disease
    diseaseVersion
    modelId
    status
    statusReason
    definition {
      ...Definition
    }
    patient {
      ...Person
      jobs {
        ...Work
      }
    }
    visits {
      ...VisitView
    }
    gaps {
      ...Entry
    }
    forecasts(first: 50) {
      nodes {
        ...ForecastOutline
      }
    }
    backTests(first: 50) {
      forecast {
        id
        originAt
        targetAt
        reference {
          id
        }
        values {
          key
          intervals {
            coverage
            low
            high
          }
        }
      }
      ...Outcome
    }
    posterior {
      modelVersion
      intervals
      effects {
        variable
        feature
        isLearned
        mean
        standardDeviation
        populationMean
        populationStandardDeviation
      }
    }
    jobs {
      ...Work
    }
  }
}
    fragment Picture on Image {
  sha256
  pngPath
  shape
  displayRange {
    low
    high
  }
}
fragment Entry on TimelineEntry {
  id
  revision
  sourceSystem
  sourceId
  sourceVersion
  occurredAt
  occurredUntil
  issuedAt
  recordedAt
  body {
    __typename
    ... on Observation {
      codes {
        ...Code
      }
      value
      unit
      comparator
      isPreliminary
    }
    ... on Treatment {
      codes {
        ...Code
      }
      amount
      unit
      evidence
    }
    ... on Condition {
      codes {
        ...Code
      }
    }
    ... on Procedure {
      codes {
        ...Code
      }
    }
    ... on AcquiredImage {
      modality
      seriesDescription
      laterality
      isLossy
      caveats
    }
    ... on Gap {
      missing
      message
      isTransient
    }
    ... on Retraction {
      reason
    }
  }
}
fragment Code on Coding {
  system
  code
  display
}
fragment Definition on DiseaseDefinition {
  id
  title
  version
  defaultHorizonDays
  maximumHorizonDays
  minimumVisits
  registration {
    acceptanceMeasure
    acceptedFrom
    refusedBelow
  }
  registration {
    acceptanceMeasure
    acceptedFrom
    refusedBelow
  }
  variables {
    key
    title
    role
    unit
    codes {
      ...Code
    }
    plausibleRange {
      low
      high
    }
    maximumPerDay
  }
}
fragment Person on Patient {
  id
  fhirId
  familyName
  givenNames
  birthDate
  gender
  deceasedAt
  isActive
  replacedByFhirId
  syncedAt
  identifiers {
    system
    value
  }
}
fragment Work on Job {
  id
  kind
  subjectId
  status
  progress
  message
  attempt
  createdAt
  updatedAt
}
fragment Skill on SkillStatement {
  skill
  patients
  intervals
  shrinkage
}
fragment Prediction on ForecastValue {
  key
  unit
  value
  baseline
  intervals {
    coverage
    low
    high
  }
  isDeclined
  reason
  skill {
    ...Skill
  }
}
fragment Change on Intervention {
  __typename
  ... on TreatmentIntervention {
    key
    from
    to
    amountPerDay
  }
  ... on ValueIntervention {
    key
    value
  }
}
fragment ForecastOutline on Forecast {
  id
  status
  statusReason
  originAt
  targetAt
  horizonDays
  createdAt
  completedAt
  modelId
  name
  reference {
    id
  }
  interventions {
    ...Change
  }
  values {
    ...Prediction
  }
  image {
    isDeclined
    reason
    skill {
      ...Skill
    }
    image {
      ...Picture
    }
  }
}
fragment Outcome on BackTest {
  scoredAt
  values {
    key
    unit
    predicted
    baseline
    observed
    observedAt
    isInside90
  }
  image {
    observedAt
    mse
    baselineMse
  }
}
fragment VisitView on Visit {
  index
  occurredAt
  intervalDays
  isReference
  entry {
    id
    body {
      __typename
      ... on AcquiredImage {
        modality
        seriesDescription
        caveats
      }
    }
  }
  image {
    ...Picture
  }
  alignedImage {
    ...Picture
  }
  registration {
    verdict
    reason
    method
    before {
      ...Similarity
    }
    after {
      ...Similarity
    }
    quality {
      coverage
      inverseConsistencyMm
      foldedPercent
    }
    rejectedDeformation {
      reason
    }
    elapsedMs
  }
  values {
    variable {
      key
    }
    status
    value
    bound
    comparator
    ageDays
    observedAt
    reason
    entry {
      id
    }
  }
  statics {
    variable {
      key
    }
    status
    number
    category
    reason
  }
  exposures {
    variable {
      key
    }
    amount
    entries {
      ...Dose
    }
    unusable {
      reason
    }
  }
}
fragment Dose on TimelineEntry {
  id
  occurredAt
  occurredUntil
  body {
    __typename
    ... on Treatment {
      amount
    }
  }
}
fragment Similarity on SimilarityMeasures {
  maskedSsim
  nmi
  ncc
}`) as unknown as TypedDocumentString<TwinQuery, TwinQueryVariables>;
export const RecordDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Record($id: ID!, $after: String) {
  diseaseTwin(id: $id) {
    timeline(first: 100, after: $after) {
      nodes {
        ...Entry
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    fragment Entry on TimelineEntry {
  id
  revision
  sourceSystem
  sourceId
  sourceVersion
  occurredAt
  occurredUntil
  issuedAt
  recordedAt
  body {
    __typename
    ... on Observation {
      codes {
        ...Code
      }
      value
      unit
      comparator
      isPreliminary
    }
    ... on Treatment {
      codes {
        ...Code
      }
      amount
      unit
      evidence
    }
    ... on Condition {
      codes {
        ...Code
      }
    }
    ... on Procedure {
      codes {
        ...Code
      }
    }
    ... on AcquiredImage {
      modality
      seriesDescription
      laterality
      isLossy
      caveats
    }
    ... on Gap {
      missing
      message
      isTransient
    }
    ... on Retraction {
      reason
    }
  }
}
fragment Code on Coding {
  system
  code
  display
}`) as unknown as TypedDocumentString<RecordQuery, RecordQueryVariables>;
export const TwinEventsDocument = /*#__PURE__*/ new TypedDocumentString(`
    subscription TwinEvents($twinId: ID!, $after: NonNegativeInt!) {
  twinEvents(twinId: $twinId, after: $after) {
    seq
    type
    message
    createdAt
    forecast {
      id
    }
  }
}
    `) as unknown as TypedDocumentString<TwinEventsSubscription, TwinEventsSubscriptionVariables>;
export const JobProgressDocument = /*#__PURE__*/ new TypedDocumentString(`
    subscription JobProgress($jobId: ID!) {
  jobProgress(jobId: $jobId) {
    ...Work
  }
}
    fragment Work on Job {
  id
  kind
  subjectId
  status
  progress
  message
  attempt
  createdAt
  updatedAt
}`) as unknown as TypedDocumentString<JobProgressSubscription, JobProgressSubscriptionVariables>;
export const SyncPatientDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation SyncPatient($patientId: ID!) {
  syncPatient(patientId: $patientId) {
    __typename
    ... on SyncPatientSuccess {
      job {
        ...Work
      }
    }
    ... on Refusal {
      message
    }
  }
}
    fragment Work on Job {
  id
  kind
  subjectId
  status
  progress
  message
  attempt
  createdAt
  updatedAt
}`) as unknown as TypedDocumentString<SyncPatientMutation, SyncPatientMutationVariables>;
export const CancelJobDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation CancelJob($jobId: ID!) {
  cancelJob(jobId: $jobId) {
    __typename
    ... on CancelJobSuccess {
      job {
        ...Work
      }
    }
    ... on Refusal {
      message
    }
  }
}
    fragment Work on Job {
  id
  kind
  subjectId
  status
  progress
  message
  attempt
  createdAt
  updatedAt
}`) as unknown as TypedDocumentString<CancelJobMutation, CancelJobMutationVariables>;