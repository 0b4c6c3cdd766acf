import type { RegistrationPlan } from './disease-definition.ts';
import type { Volume, VolumeGeometry } from './volume.ts';

/** Similarity of two images of one space, measured inside the foreground mask. Higher is more alike. */
export interface SimilarityMeasures {
  /** Mean structural similarity of denoised, percentile-normalised images over the mask; -1..1 (Wang 2004). */
  readonly maskedSsim: number;
  /** Normalised mutual information (Hx+Hy)/Hxy with 32 bins over the mask; 1..2 (Studholme 1999). */
  readonly nmi: number;
  /** Normalised cross-correlation over the mask; -1..1. */
  readonly ncc: number;
}

/** Maps a point of the fixed image to the moving image: `moving = matrix * fixed`, LPS mm, 4x4 row-major. */
export interface AffineTransform {
  readonly kind: 'identity' | 'rigid' | 'affine';
  readonly matrix: readonly number[];
}

/**
 * - `accepted`: aligned, may be used for image forecasts.
 * - `flagged`: aligned, but with a reservation that `reason` states; used, and shown.
 * - `refused`: not aligned; kept out of image forecasts, the visit's values are kept.
 */
export type RegistrationVerdict = 'accepted' | 'flagged' | 'refused';

export interface RegistrationRequest {
  readonly fixed: Volume;
  readonly moving: Volume;
  readonly plan: RegistrationPlan;
}

export interface RegistrationResult {
  readonly verdict: RegistrationVerdict;
  /** Why it was flagged or refused, for a clinician; null when accepted. */
  readonly reason: string | null;
  readonly method: string;
  readonly transform: AffineTransform;
  /** The moving image resampled into the fixed image's grid; null when refused. */
  readonly moved: Volume | null;
  /** Null where the images could not be compared at all (blank, constant, NaN). */
  readonly before: SimilarityMeasures | null;
  readonly after: SimilarityMeasures | null;
  readonly elapsedMs: number;
}

/** What is kept of a registration: one row per twin, image and reference. */
export interface VisitRegistration {
  readonly id: string;
  readonly tenantId: string;
  readonly twinId: string;
  readonly entryId: string;
  readonly referenceEntryId: string;
  readonly verdict: RegistrationVerdict;
  readonly reason: string | null;
  readonly method: string;
  readonly transform: AffineTransform;
  readonly before: SimilarityMeasures | null;
  readonly after: SimilarityMeasures | null;
  /** Float32 little-endian voxels in the reference's grid; null when refused. */
  readonly movedSha256: string | null;
  readonly geometry: VolumeGeometry | null;
  /** Hash of both inputs, the plan and the version of the method: the same inputs are never registered twice. */
  readonly inputHash: string;
  readonly elapsedMs: number;
  readonly createdAt: Date;
}
