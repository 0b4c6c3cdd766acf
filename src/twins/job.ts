/** Work that runs behind the API. Delivery is at least once: every handler may be run again from its start. */
export type Job =
  | { readonly kind: 'sync-patient'; readonly patientId: string }
  | { readonly kind: 'register-twin'; readonly twinId: string }
  | { readonly kind: 'issue-forecast'; readonly forecastId: string };
export type JobKind = Job['kind'];

/** QUEUED -> RUNNING -> SUCCEEDED | FAILED | CANCELLED, or cancelled at once; RUNNING stays while a retry is due. */
export type JobStatus = 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';

export interface JobRun {
  readonly id: string;
  readonly tenantId: string;
  readonly kind: JobKind;
  /** The patient, twin or forecast that the job works for. */
  readonly subjectId: string;
  readonly status: JobStatus;
  /** 0..1. */
  readonly progress: number;
  /** The step that it is at, or why it failed: for a person, without identifiers. */
  readonly message: string | null;
  readonly attempt: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
