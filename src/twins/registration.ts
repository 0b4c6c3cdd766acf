import type { RegistrationPlan } from './registration-plan.ts';
import type { ImagePresentation } from './timeline.ts';
import type { Volume, VolumeGeometry, VolumeShape } from './volume.ts';

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
  readonly kind: 'identity' | 'rigid' | 'similarity' | 'affine';
  readonly matrix: readonly number[];
}

/**
 * - `accepted`: aligned, may be used for image forecasts.
 * - `flagged`: aligned, but with a reservation that `reason` states; used, and shown.
 * - `refused`: not aligned; kept out of image forecasts, the visit's values are kept.
 */
export type RegistrationVerdict = 'accepted' | 'flagged' | 'refused';

/** A dense map from a fixed to a moving image. */
export interface DisplacementField {
  /** The grid of the fixed image, or of every second, fourth ... voxel of a large one. */
  readonly geometry: VolumeGeometry;
  /**
   * LPS mm, planar [3][D,H,W]: all x, then all y, then all z. A point p of the fixed image lies at p + u(p) in the moving
   * one.
   */
  readonly vectorsMm: Float32Array;
}

/** A regular lattice of cubic B-spline control points. */
export interface ControlLattice {
  /** [slices, rows, columns] of control points. */
  readonly shape: VolumeShape;
  /** Millimetres between control points: [slices, rows, columns]. */
  readonly spacingMm: readonly [number, number, number];
}

/** A map of cubic B-splines and then of a matrix: a point p of the fixed image lies at `initial` (p + s(p)) in the moving one. */
export interface SplineDeformation {
  /** From LPS mm of the fixed image to LPS mm of the moving one, 4x4 row-major. */
  readonly initial: Float64Array;
  /**
   * Control point 0 of an axis lies one spacing before voxel 0 and the last at least one beyond the last voxel. Across a
   * single slice there is one control point, and no displacement.
   */
  readonly lattice: ControlLattice;
  /** Any grid of the fixed image: where its voxel 0 lies and how its axes point is where and how the lattice does. */
  readonly image: VolumeGeometry;
  /** Millimetres along the axes of the image, [components][lattice]: x, y and (in volumes) z. */
  readonly coefficients: Float64Array;
}

export interface RegistrationRequest {
  readonly fixed: Volume;
  readonly moving: Volume;
  readonly plan: RegistrationPlan;
  /** Absent for images that come without DICOM's word on them. */
  readonly presentations?: { readonly fixed: ImagePresentation; readonly moving: ImagePresentation };
  /** One byte per voxel of each image: where it is 0, nothing is compared. */
  readonly masks?: { readonly fixed?: Uint8Array; readonly moving?: Uint8Array };
}

/** What is measured of a map from the fixed to the moving image. */
export interface RegistrationQuality {
  /** Share of the fixed image's foreground that the moving image covers, 0..1. */
  readonly coverage: number;
  /** NMI after less NMI of the headers' position; null where one of them could not be measured. */
  readonly nmiGain: number | null;
  /**
   * Mean distance in mm between a point and where the map and an independent map of the way back put it, over the
   * foreground; null where none was found.
   */
  readonly inverseConsistencyMm: number | null;
  /** Share of the foreground where the map folds over itself, 0..100. */
  readonly foldedPercent: number;
  /** Smallest ratio of volumes, moving to fixed, in the foreground. */
  readonly minimumJacobian: number;
}

/** A deformation that was tried and not used, and why. */
export interface RejectedDeformation {
  readonly reason: string;
  readonly after: SimilarityMeasures | null;
  readonly quality: RegistrationQuality;
}

export interface RegistrationResult {
  readonly verdict: RegistrationVerdict;
  /** Why it was flagged or refused, for a clinician; null when accepted. */
  readonly reason: string | null;
  /** What the result comes from: a stage, `affine+ffd` and the like, `elastix`, `prealigned`, or `none`. */
  readonly method: string;
  /** What ran, in order, whether its result was used or not. */
  readonly stages: readonly string[];
  /** The global part of the map. */
  readonly transform: AffineTransform;
  /** The whole map, where the images were deformed. */
  readonly field: DisplacementField | null;
  /** The same map as its few parameters, exact, where B-splines alone describe it. */
  readonly splines: SplineDeformation | null;
  /** The moving image resampled into the fixed image's grid; null when refused. */
  readonly moved: Volume | null;
  /** Null where the images could not be compared at all (blank, constant, NaN). */
  readonly before: SimilarityMeasures | null;
  readonly after: SimilarityMeasures | null;
  /** Null where nothing could be compared. */
  readonly quality: RegistrationQuality | null;
  readonly rejectedDeformation: RejectedDeformation | null;
  readonly elapsedMs: number;
}

/** A displacement field in the blob store: float32 little-endian, [3][D,H,W], LPS mm. */
export interface StoredField {
  readonly sha256: string;
  readonly geometry: VolumeGeometry;
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
  readonly stages: readonly string[];
  readonly transform: AffineTransform;
  /** Null where nothing was deformed. */
  readonly field: StoredField | null;
  readonly before: SimilarityMeasures | null;
  readonly after: SimilarityMeasures | null;
  readonly quality: RegistrationQuality | null;
  readonly rejectedDeformation: RejectedDeformation | null;
  /** Float32 little-endian voxels in the reference's grid; null when refused. */
  readonly movedSha256: string | null;
  readonly geometry: VolumeGeometry | null;
  /** Hash of both inputs, the plan and the version of the method: the same inputs are never registered twice. */
  readonly inputHash: string;
  readonly elapsedMs: number;
  readonly createdAt: Date;
}
