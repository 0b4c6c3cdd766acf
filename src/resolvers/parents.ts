/** What GraphQL types are resolved from that have no domain type of their own. */
import type {
  DiseaseDefinition,
  DynamicVariable,
  StaticVariable,
  TreatmentVariable,
} from '../twins/disease-definition.ts';
import type { DiseaseTwin } from '../twins/disease-twin.ts';
import type { DoseResponse, Forecast, ForecastValue, Intervention } from '../twins/forecast.ts';
import type { ForecastComparison } from '../twins/compare-forecasts.ts';
import type { CataloguedImage, Page } from '../twins/ports.ts';
import type { Patient } from '../twins/patient.ts';
import type { TimelineEntry } from '../twins/timeline.ts';
import type { StaticValue, TreatmentExposure, Visit, VisitValue } from '../twins/visit.ts';

export type PatientPage = Page<Patient>;
export type DiseaseTwinPage = Page<DiseaseTwin>;
export type TimelinePage = Page<TimelineEntry>;
export type ForecastPage = Page<Forecast>;

/** `displayRange` is looked up in the catalogue when it is asked for. */
export type ImageParent = Pick<CataloguedImage, 'sha256' | 'kind' | 'geometry'>;
export type RangeParent = readonly [low: number, high: number];

export interface VisitParent {
  readonly visit: Visit;
  readonly definition: DiseaseDefinition;
}
export interface VisitValueParent {
  readonly variable: DynamicVariable;
  readonly value: VisitValue;
}
export interface StaticValueParent {
  readonly variable: StaticVariable;
  readonly value: StaticValue;
}
export interface ExposureParent {
  readonly variable: TreatmentVariable;
  readonly exposure: TreatmentExposure;
}
export type UnusableEntryParent = TreatmentExposure['unusable'][number];

export interface ForecastValueParent {
  readonly twinId: string;
  readonly value: ForecastValue;
}
export interface DoseResponseParent {
  readonly twinId: string;
  readonly response: DoseResponse;
}
export type TreatmentInterventionParent = Extract<Intervention, { kind: 'treatment' }>;
export type ValueInterventionParent = Extract<Intervention, { kind: 'value' }>;
export type ImageDifferenceParent = NonNullable<ForecastComparison['image']>;
export type ValueDifferenceParent = ForecastComparison['values'][number];
