/** Something that happened to a twin: past tense, numbered per twin without gaps, in the order of their commits. */
export const TWIN_EVENT_TYPES = [
  'TWIN_CREATED',
  'SYNC_STARTED',
  'TIMELINE_CHANGED',
  'GAP_FOUND',
  'VISIT_REGISTERED',
  'STATUS_CHANGED',
  'FORECAST_REQUESTED',
  'FORECAST_ISSUED',
  'FORECAST_DECLINED',
  'FORECAST_FAILED',
  'FORECAST_CANCELLED',
  'FORECAST_SCORED',
] as const;
export type TwinEventType = (typeof TWIN_EVENT_TYPES)[number];

export interface TwinEventDraft {
  readonly twinId: string;
  readonly type: TwinEventType;
  /** One sentence for a person, without identifiers. */
  readonly message: string;
  readonly forecastId?: string | null;
  readonly entryId?: string | null;
}

export interface TwinEvent {
  readonly twinId: string;
  /** 1, 2, 3, ... within the twin. */
  readonly seq: number;
  readonly type: TwinEventType;
  readonly message: string;
  readonly forecastId: string | null;
  readonly entryId: string | null;
  readonly createdAt: Date;
}
