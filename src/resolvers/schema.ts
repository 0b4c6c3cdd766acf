import { readFileSync } from 'node:fs';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { GraphQLSchema } from 'graphql';
import { cancelJob, CancelJobResult } from './mutation/cancel-job.ts';
import { createDiseaseTwin, CreateDiseaseTwinResult } from './mutation/create-disease-twin.ts';
import { importPatient } from './mutation/import-patient.ts';
import { nameScenario, NameScenarioResult } from './mutation/name-scenario.ts';
import { requestForecast, RequestForecastResult } from './mutation/request-forecast.ts';
import { retireDiseaseTwin, RetireDiseaseTwinResult } from './mutation/retire-disease-twin.ts';
import { runScenario, RunScenarioResult } from './mutation/run-scenario.ts';
import { syncPatient, SyncPatientResult } from './mutation/sync-patient.ts';
import { enforcePermissions } from './permissions.ts';
import type { Resolvers } from './schema-types.ts';
import { jobProgress } from './subscription/job-progress.ts';
import { twinEvents } from './subscription/twin-events.ts';
import { AcquiredImage } from './types/acquired-image.ts';
import { BackTest, BackTestImage, BackTestValue } from './types/back-test.ts';
import {
  DiseaseTwinConnection,
  ForecastConnection,
  PatientConnection,
  TimelineConnection,
} from './types/connections.ts';
import { DiseaseDefinition } from './types/disease-definition.ts';
import { DiseaseTwin } from './types/disease-twin.ts';
import { DisplacementField } from './types/displacement-field.ts';
import { DoseResponse } from './types/dose-response.ts';
import { Exposure } from './types/exposure.ts';
import { CompareForecastsResult, ImageDifference, ValueDifference } from './types/forecast-comparison.ts';
import { ForecastImage } from './types/forecast-image.ts';
import { LesionVolume, LesionVolumeDifference } from './types/lesion-volume.ts';
import { ForecastValue } from './types/forecast-value.ts';
import { Forecast } from './types/forecast.ts';
import { Gap } from './types/gap.ts';
import { Image } from './types/image.ts';
import { Intervention, TreatmentIntervention, ValueIntervention } from './types/intervention.ts';
import { Job } from './types/job.ts';
import { Observation } from './types/observation.ts';
import { Patient } from './types/patient.ts';
import { Query } from './types/query.ts';
import { Range } from './types/range.ts';
import { RegistrationPlan } from './types/registration-plan.ts';
import { Registration } from './types/registration.ts';
import { DateTime, NonNegativeInt } from './types/scalars.ts';
import { Server } from './types/server.ts';
import { StaticValue } from './types/static-value.ts';
import { TimelineBody, TimelineEntry } from './types/timeline-entry.ts';
import { Treatment } from './types/treatment.ts';
import { TwinEvent } from './types/twin-event.ts';
import { TwinPosterior } from './types/twin-posterior.ts';
import { UnusableEntry } from './types/unusable-entry.ts';
import { UserError } from './types/user-error.ts';
import { Variable } from './types/variable.ts';
import { VisitValue } from './types/visit-value.ts';
import { Visit } from './types/visit.ts';

const SCHEMA_FILE = new URL('../../schema.graphql', import.meta.url);

const resolvers: Resolvers = {
  AcquiredImage,
  BackTest,
  BackTestImage,
  BackTestValue,
  CancelJobResult,
  CompareForecastsResult,
  CreateDiseaseTwinResult,
  DateTime,
  DiseaseDefinition,
  DiseaseTwin,
  DiseaseTwinConnection,
  DisplacementField,
  DoseResponse,
  Exposure,
  Forecast,
  ForecastConnection,
  ForecastImage,
  ForecastValue,
  Gap,
  Image,
  ImageDifference,
  LesionVolume,
  LesionVolumeDifference,
  Intervention,
  Job,
  Mutation: {
    cancelJob,
    createDiseaseTwin,
    importPatient,
    nameScenario,
    requestForecast,
    retireDiseaseTwin,
    runScenario,
    syncPatient,
  },
  NameScenarioResult,
  NonNegativeInt,
  Observation,
  Patient,
  PatientConnection,
  Query,
  Range,
  Registration,
  RegistrationPlan,
  RequestForecastResult,
  RetireDiseaseTwinResult,
  RunScenarioResult,
  Server,
  StaticValue,
  Subscription: { jobProgress, twinEvents },
  SyncPatientResult,
  TimelineBody,
  TimelineConnection,
  TimelineEntry,
  Treatment,
  TreatmentIntervention,
  TwinEvent,
  TwinPosterior,
  UnusableEntry,
  UserError,
  ValueDifference,
  ValueIntervention,
  Variable,
  Visit,
  VisitValue,
};

/** The executable schema: the contract of `schema.graphql`, its resolvers, and the permissions that it asks for. */
export function createApiSchema(): GraphQLSchema {
  const typeDefs = readFileSync(SCHEMA_FILE, 'utf8');
  return enforcePermissions(makeExecutableSchema({ typeDefs, resolvers }));
}
