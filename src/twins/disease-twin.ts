import { DomainError } from '../errors.ts';

/**
 * The life of a twin.
 *
 * ```
 * CREATED ---> SYNCING ---> REGISTERING ---> READY
 *                 |              |             |
 *                 |              +--> INCOMPLETE
 *                 +--> FAULTED <-+
 * any state but RETIRED ---> RETIRED (final)
 * ```
 * - CREATED: the twin exists, nothing was pulled for it yet.
 * - SYNCING: a job pulls the patient's images and records.
 * - REGISTERING: a job aligns the visits to the reference image.
 * - READY: at least `minimumVisits` visits can be used for a forecast.
 * - INCOMPLETE: everything that could be pulled is here, but it is less than the disease definition asks for.
 * - FAULTED: the last step failed and will be tried again at the next synchronisation; `statusReason` says why.
 * - RETIRED: kept for the record; no job touches it.
 *
 * READY, INCOMPLETE and FAULTED go back to SYNCING at each synchronisation, or to REGISTERING when only images moved.
 * A state may be entered again (a job that was killed starts over).
 */
export const TWIN_STATUSES = [
  'CREATED',
  'SYNCING',
  'REGISTERING',
  'READY',
  'INCOMPLETE',
  'FAULTED',
  'RETIRED',
] as const;
export type TwinStatus = (typeof TWIN_STATUSES)[number];

const NEXT: Record<TwinStatus, readonly TwinStatus[]> = {
  CREATED: ['SYNCING', 'REGISTERING', 'FAULTED', 'RETIRED'],
  SYNCING: ['SYNCING', 'REGISTERING', 'FAULTED', 'RETIRED'],
  REGISTERING: ['SYNCING', 'REGISTERING', 'READY', 'INCOMPLETE', 'FAULTED', 'RETIRED'],
  READY: ['SYNCING', 'REGISTERING', 'FAULTED', 'RETIRED'],
  INCOMPLETE: ['SYNCING', 'REGISTERING', 'FAULTED', 'RETIRED'],
  FAULTED: ['SYNCING', 'REGISTERING', 'FAULTED', 'RETIRED'],
  RETIRED: [],
};

/** One patient's one disease, tied to a version of its definition. */
export interface DiseaseTwin {
  readonly id: string;
  readonly tenantId: string;
  readonly patientId: string;
  readonly diseaseId: string;
  readonly diseaseVersion: string;
  readonly modelId: string;
  readonly status: TwinStatus;
  readonly statusReason: string | null;
  /** The timeline entry whose image is the common space of this twin's visits. */
  readonly referenceEntryId: string | null;
  readonly revision: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/**
 * The one place where a twin's status changes.
 * @throws {DomainError} CONFLICT when the lifecycle has no such step.
 */
export function withStatus(twin: DiseaseTwin, status: TwinStatus, reason: string | null = null): DiseaseTwin {
  if (!NEXT[twin.status].includes(status)) {
    const message =
      twin.status === 'RETIRED'
        ? 'This twin is retired: it is kept for the record and does not change any more.'
        : `This twin is ${inWords(twin.status)}; it cannot become ${inWords(status)} now.`;
    throw new DomainError('CONFLICT', message);
  }
  return { ...twin, status, statusReason: reason };
}

const inWords = (status: TwinStatus): string => status.toLowerCase();
