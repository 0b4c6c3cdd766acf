/** The GraphQL operations of the main job and the parts of the answers that it reads. */

export const IMPORT_PATIENT = `mutation ($fhirId: String!) {
  importPatient(fhirId: $fhirId) {
    __typename
    ... on SyncPatientSuccess { patient { id } }
    ... on Refusal { message }
  }
}`;

export const CREATE_TWIN = `mutation ($input: CreateDiseaseTwinInput!) {
  createDiseaseTwin(input: $input) {
    __typename
    ... on CreateDiseaseTwinSuccess { twin { id } job { id } }
    ... on Refusal { message }
  }
}`;

const aliased = (field: string, selection: string) => (ids: readonly string[]) =>
  `{ ${ids.map((id, index) => `n${index}: ${field}(id: ${JSON.stringify(id)}) { ${selection} }`).join(' ')} }`;
export const JOBS = aliased('job', 'id status');
export const TWINS = aliased('diseaseTwin', 'id status');

export const REQUEST_FORECAST = `mutation ($input: RequestForecastInput!) {
  requestForecast(input: $input) {
    __typename
    ... on RequestForecastSuccess { forecast { id } }
    ... on Refusal { message }
  }
}`;

export const RUN_SCENARIO = `mutation ($input: RunScenarioInput!) {
  runScenario(input: $input) {
    __typename
    ... on RunScenarioSuccess { forecast { id } }
    ... on Refusal { message }
  }
}`;

export const EVENTS = `subscription ($twinId: ID!, $after: NonNegativeInt!) {
  twinEvents(twinId: $twinId, after: $after) { seq type forecast { id } }
}`;

export const FORECAST = `query ($id: ID!) {
  forecast(id: $id) {
    id status statusReason originAt targetAt horizonDays modelVersion seed inputHash assumptions elapsedMs
    image {
      image { sha256 pngPath shape }
      baseline { sha256 pngPath }
      change { pngPath }
      lesions { unit baseline value drawn intervals { coverage low high } }
      isDeclined reason skill { skill }
    }
    values { key unit value baseline isDeclined reason skill { skill } intervals { coverage low high } }
    overlap { quantile isOutside reason }
  }
}`;

export const COMPARE = `query ($reference: ID!, $scenario: ID!) {
  compareForecasts(reference: $reference, scenario: $scenario) {
    __typename
    ... on ForecastComparison {
      image {
        meanAbsoluteDifference maximumAbsoluteDifference isIdentical lesions { unit reference scenario difference }
      }
      values { key unit difference }
    }
    ... on Refusal { message }
  }
}`;

export const TWIN = `query ($id: ID!) {
  diseaseTwin(id: $id) {
    id disease status
    gaps { body { ... on Gap { message } } }
    visits {
      index isReference
      image { pngPath }
      alignedImage { pngPath }
      registration { verdict method reason elapsedMs before { maskedSsim nmi } after { maskedSsim nmi } }
    }
  }
}`;

interface Measures {
  readonly maskedSsim: number;
  readonly nmi: number;
}

interface Picture {
  readonly pngPath: string;
}

export interface AlignedVisit {
  readonly index: number;
  readonly isReference: boolean;
  readonly image: Picture;
  readonly alignedImage: Picture | null;
  readonly registration: {
    readonly verdict: string;
    readonly method: string;
    readonly reason: string | null;
    readonly elapsedMs: number;
    readonly before: Measures | null;
    readonly after: Measures | null;
  } | null;
}

export interface TwinAnswer {
  readonly id: string;
  readonly disease: string;
  readonly status: string;
  readonly gaps: readonly { readonly body: { readonly message: string } }[];
  readonly visits: readonly AlignedVisit[];
}

/** Volumes of one lesion. */
export interface Lesion {
  readonly unit: string;
  readonly baseline: number;
  readonly value: number;
  readonly drawn: number;
  readonly intervals: readonly { readonly coverage: number; readonly low: number; readonly high: number }[];
}

export interface AnsweredForecast {
  readonly id: string;
  readonly status: string;
  readonly statusReason: string | null;
  readonly originAt: string | null;
  readonly targetAt: string;
  readonly horizonDays: number | null;
  readonly modelVersion: string | null;
  readonly seed: number;
  readonly inputHash: string | null;
  readonly assumptions: readonly string[];
  readonly elapsedMs: number | null;
  readonly image: {
    readonly image: Picture & { readonly sha256: string; readonly shape: readonly number[] };
    readonly baseline: Picture & { readonly sha256: string };
    readonly change: Picture;
    readonly lesions: readonly Lesion[];
    readonly isDeclined: boolean;
    readonly reason: string | null;
    readonly skill: { readonly skill: number | null };
  } | null;
  readonly values: readonly {
    readonly key: string;
    readonly unit: string;
    readonly value: number | null;
    readonly baseline: number | null;
    readonly isDeclined: boolean;
    readonly reason: string | null;
    readonly skill: { readonly skill: number | null };
    readonly intervals: readonly { readonly coverage: number; readonly low: number; readonly high: number }[];
  }[];
  readonly overlap: { readonly quantile: number; readonly isOutside: boolean; readonly reason: string | null } | null;
}
