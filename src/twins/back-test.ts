/** A forecast beside what really came. */
export interface BackTest {
  readonly twinId: string;
  readonly forecastId: string;
  readonly scoredAt: Date;
  /** One per variable that was measured near the target. */
  readonly values: readonly BackTestValue[];
  /** Null until an image near the target was aligned. */
  readonly image: BackTestImage | null;
}

export interface BackTestValue {
  readonly variable: string;
  readonly unit: string;
  readonly predicted: number;
  /** "No change". */
  readonly baseline: number;
  readonly observed: number;
  readonly observedAt: Date;
  /** Whether the 90 % interval held it; null where the forecast gave none. */
  readonly isInside90: boolean | null;
}

export interface BackTestImage {
  /** Timeline entry of the image that came. */
  readonly entryId: string;
  readonly observedAt: Date;
  /** Mean squared error over all voxels, in the voxels' unit squared: of the forecast, and of "no change". */
  readonly mse: number;
  readonly baselineMse: number;
}
