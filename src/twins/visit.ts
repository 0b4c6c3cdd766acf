import type { ImageBody, TimelineEntry } from './timeline.ts';
import type { VisitRegistration } from './registration.ts';

/** A variable's value as a visit sees it. */
export type VisitValue =
  | {
      readonly status: 'known';
      readonly value: number;
      /** Days between the measurement and the visit; 0 or more. */
      readonly ageDays: number;
      readonly observedAt: Date;
      readonly entryId: string;
    }
  | {
      /** Only a bound is known (`<0.01`). */
      readonly status: 'censored';
      readonly bound: number;
      readonly comparator: '<' | '<=' | '>=' | '>';
      readonly ageDays: number;
      readonly observedAt: Date;
      readonly entryId: string;
    }
  | { readonly status: 'missing'; readonly reason: string };

/** A static variable: a number, or one of the declared categories. */
export type StaticValue =
  | {
      readonly status: 'known';
      readonly value: number | string;
      /** Entries that it was read from; empty where it comes from the patient's own record. */
      readonly entryIds: readonly string[];
    }
  | { readonly status: 'missing'; readonly reason: string };

/** Amount of one treatment over an interval, in the definition's unit. */
export interface TreatmentExposure {
  readonly amount: number;
  /** Entries that the amount was summed from. */
  readonly entryIds: readonly string[];
  /** Entries that count as exposure but could not be converted or read, each with its reason. */
  readonly unusable: readonly { readonly entryId: string; readonly reason: string }[];
}

/** One imaging time point of a twin with everything aligned to it. */
export interface Visit {
  /** 0 is the oldest. */
  readonly index: number;
  readonly occurredAt: Date;
  /** Days since the visit before; null for the first. */
  readonly intervalDays: number | null;
  readonly imageEntry: TimelineEntry & { readonly body: ImageBody };
  readonly registration: VisitRegistration | null;
  readonly isReference: boolean;
  /** By variable key of the definition. */
  readonly values: Readonly<Record<string, VisitValue>>;
  readonly statics: Readonly<Record<string, StaticValue>>;
  /** Exposure in (visit before, this visit]; for the first visit in the 30 days before it. */
  readonly exposures: Readonly<Record<string, TreatmentExposure>>;
}
