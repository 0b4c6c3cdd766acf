import { connection } from '../page-request.ts';
import type {
  DiseaseTwinConnectionResolvers,
  ForecastConnectionResolvers,
  PatientConnectionResolvers,
  TimelineConnectionResolvers,
} from '../schema-types.ts';

export const PatientConnection: PatientConnectionResolvers = connection;
export const DiseaseTwinConnection: DiseaseTwinConnectionResolvers = connection;
export const TimelineConnection: TimelineConnectionResolvers = connection;
export const ForecastConnection: ForecastConnectionResolvers = connection;
