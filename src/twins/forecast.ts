import type { ClinicalCourse } from './clinical-course.ts';
import type { Dynamics } from './dynamics.ts';
import type { ForecastLesion } from './lesion-volume.ts';
import type { AsOf } from './timeline.ts';
import type { VolumeGeometry, VolumeShape } from './volume.ts';

/** A change that a what-if makes to the twin's conditions. */
export type Intervention =
  | {
      readonly kind: 'treatment';
      /** Key of a treatment variable of the definition. */
      readonly variable: string;
      readonly from: Date;
      readonly to: Date;
      /** Replaces whatever is planned in [from, to); continuous, 0 or more, in the definition's unit per day. */
      readonly amountPerDay: number;
    }
  | {
      readonly kind: 'value';
      /** Key of a dynamic variable of the definition. */
      readonly variable: string;
      /** Replaces the last known value. */
      readonly value: number;
    };

/**
 * QUEUED -> RUNNING -> ISSUED | DECLINED | FAILED | CANCELLED. A DECLINED forecast has an answer too: "no change", with
 * the reason why the model was not trusted. RUNNING goes back to QUEUED when its worker dies.
 */
export type ForecastStatus = 'QUEUED' | 'RUNNING' | 'ISSUED' | 'DECLINED' | 'FAILED' | 'CANCELLED';

/** How much better than "no change" the model did on patients that it was not fitted on, for this horizon. */
export interface SkillStatement {
  /**
   * 1 - MSE(model) / MSE(no change); 0 or less means no skill. The smaller of both where a change is judged in its own unit and
   * as relative. Null where too few others exist to tell.
   */
  readonly skill: number | null;
  readonly patients: number;
  readonly intervals: number;
  /** The factor 0..1 that the model's residual was multiplied with. */
  readonly shrinkage: number;
}

/** Holds the true value with probability `coverage`, in the variable's unit. */
export interface PredictiveInterval {
  /** 0..1, such as 0.9. */
  readonly coverage: number;
  readonly low: number;
  readonly high: number;
}

/** How far a question lies from what the model learned from. */
export interface Overlap {
  /** Share 0..1 of the training intervals that lie closer to the others than this question does. */
  readonly quantile: number;
  /** True where the question lies outside of what was learned from; the answer is an extrapolation. */
  readonly isOutside: boolean;
  /** What is unusual about the question, for a clinician; null where nothing is. */
  readonly reason: string | null;
}

/** What a treatment does to a variable up to the target, for this patient beside the population. */
export interface DoseResponse {
  readonly treatment: string;
  readonly variable: string;
  /** In the order of rising dose; the first is no treatment. Bands hold the mean response with probability 0.9. */
  readonly points: readonly {
    /** Replaces what is planned over (origin, target]; in the treatment's unit per day. */
    readonly amountPerDay: number;
    readonly value: number;
    readonly low: number;
    readonly high: number;
    readonly populationValue: number;
    readonly populationLow: number;
    readonly populationHigh: number;
  }[];
}

/** One personal effect: how strongly a feature moves a variable in this patient, beside the population's spread. */
export interface PersonalEffect {
  readonly variable: string;
  /** In words. */
  readonly feature: string;
  /** Whether a network made the feature of others that are named: nobody can say what it is. */
  readonly isLearned: boolean;
  readonly mean: number;
  readonly standardDeviation: number;
  readonly populationMean: number;
  readonly populationStandardDeviation: number;
}

/** What is believed of this patient's own dynamics. */
export interface PosteriorSummary {
  /** Intervals between measurements that it was learned from. */
  readonly intervals: number;
  readonly effects: readonly PersonalEffect[];
}

export interface ForecastValue {
  readonly variable: string;
  readonly unit: string;
  /** Null where no measurement exists to start from; `reason` says so. */
  readonly value: number | null;
  /** The carry-forward answer. */
  readonly baseline: number | null;
  /** By rising coverage; empty where the model gives none. */
  readonly intervals: readonly PredictiveInterval[];
  readonly skill: SkillStatement;
  readonly isDeclined: boolean;
  readonly reason: string | null;
}

export interface ForecastImage {
  /** Float32 little-endian voxels in the reference's grid. */
  readonly sha256: string;
  readonly geometry: VolumeGeometry;
  /** The last registered image: the carry-forward answer. */
  readonly baselineSha256: string;
  /** Prediction minus baseline. */
  readonly changeSha256: string;
  /** Half the width of each voxel's 90 % interval; null where the model gives none. */
  readonly uncertaintySha256: string | null;
  /** Empty where the model follows none. */
  readonly lesions: readonly ForecastLesion[];
  readonly skill: SkillStatement;
  readonly isDeclined: boolean;
  readonly reason: string | null;
}

export interface Forecast {
  readonly id: string;
  readonly tenantId: string;
  readonly twinId: string;
  /** The forecast that this one is a what-if of; null for a forecast under the plan. */
  readonly referenceForecastId: string | null;
  /** What a user calls this what-if; null where nobody has kept it under a name. */
  readonly name: string | null;
  readonly interventions: readonly Intervention[];
  readonly status: ForecastStatus;
  readonly statusReason: string | null;
  readonly asOf: AsOf;
  /** Time of the last usable visit; horizons count from here. Null until the forecast ran. */
  readonly originAt: Date | null;
  readonly targetAt: Date;
  readonly horizonDays: number | null;
  readonly modelId: string;
  /** Null until the forecast ran; names the code and, for a fitted model, the data that it was fitted on. */
  readonly modelVersion: string | null;
  readonly seed: number;
  /** SHA-256 over every input; same hash, model version and seed give the same bytes. */
  readonly inputHash: string | null;
  /** Ids of all timeline entries used. */
  readonly inputEntryIds: readonly string[];
  readonly image: ForecastImage | null;
  readonly values: readonly ForecastValue[];
  /** Null where the model cannot tell. */
  readonly overlap: Overlap | null;
  /** Empty where the model has no dose-response. */
  readonly doseResponses: readonly DoseResponse[];
  /** What had to be assumed, and the model's caveats, each in one sentence. */
  readonly assumptions: readonly string[];
  readonly elapsedMs: number | null;
  readonly createdAt: Date;
  readonly completedAt: Date | null;
}

/** A forecast's history for a forecaster: plain numbers only, so that it can cross to a worker thread. */
export interface ForecastVisit {
  /** Days relative to the origin; 0 for the last visit, negative before. */
  readonly day: number;
  /** Registered voxels [D,H,W]; null where the visit could not be aligned. */
  readonly voxels: Float32Array | null;
  /** Known values by variable key; a missing or censored one is absent. */
  readonly values: Readonly<Record<string, number>>;
  /** Treatment amounts in (visit before, this visit] by key. */
  readonly exposures: Readonly<Record<string, number>>;
}

/** The last known value of a variable and its real distance to the target. */
export interface ValueOrigin {
  readonly value: number;
  /** Days from max(measurement, last visit) to the target; 0 at horizon 0. */
  readonly intervalDays: number;
  /** Treatment amounts over that interval by key. */
  readonly exposures: Readonly<Record<string, number>>;
}

export interface ForecastInput {
  readonly horizonDays: number;
  /** Epoch milliseconds, no later than the forecast's `asOf`: what became known of others later is not learned from. */
  readonly populationAsOfMs: number;
  /** Oldest first; the last one is the origin and has voxels unless no visit has. */
  readonly visits: readonly ForecastVisit[];
  readonly shape: VolumeShape | null;
  /** Distance between voxel centres in mm [slices, rows, columns]; absent without images. */
  readonly spacingMm?: VolumeGeometry['spacingMm'];
  readonly valueOrigins: Readonly<Record<string, ValueOrigin>>;
  /** Dynamic variables to forecast, with the range that a value may have. */
  readonly variables: readonly { readonly key: string; readonly plausible: readonly [number, number] }[];
  readonly treatmentKeys: readonly string[];
  /** How the values move, as the definition declares it. */
  readonly dynamics: Dynamics;
  /** Every measurement up to the origin and every dose up to the target. */
  readonly course: ClinicalCourse;
  /** Treatment amounts planned over (origin, target] by key. */
  readonly plannedExposures: Readonly<Record<string, number>>;
  /** What was learned from other patients, one serialised record per patient, ordered by hash. */
  readonly population: readonly Uint8Array[];
  readonly seed: number;
}

export interface ForecastOutput {
  readonly modelVersion: string;
  readonly image: {
    readonly voxels: Float32Array;
    /** Half the width of each voxel's 90 % interval, in the voxels' unit; absent where the model gives none. */
    readonly uncertainty?: Float32Array;
    /** Absent where the model follows none. */
    readonly lesions?: readonly ForecastLesion[];
    readonly skill: SkillStatement;
    readonly declineReason: string | null;
  } | null;
  readonly values: Readonly<
    Record<
      string,
      {
        readonly value: number;
        /** By rising coverage; absent where the model gives none. */
        readonly intervals?: readonly PredictiveInterval[];
        readonly skill: SkillStatement;
        readonly declineReason: string | null;
      }
    >
  >;
  /** Absent where the model cannot tell. */
  readonly overlap?: Overlap;
  readonly doseResponses?: readonly DoseResponse[];
  /** What is believed of this patient's dynamics: serialised for the model, summarised for people. */
  readonly posterior?: { readonly bytes: Uint8Array; readonly summary: PosteriorSummary };
  /** Why the answer deserves less trust than its skill says, each in one sentence for a clinician. */
  readonly caveats: readonly string[];
}
