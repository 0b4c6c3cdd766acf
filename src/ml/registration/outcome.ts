import type { DisplacementField, RegistrationRequest, RegistrationResult } from '../../twins/registration.ts';
import type { Volume } from '../../twins/volume.ts';
import { asAffineTransform, type Candidate } from './candidate.ts';
import { warpVolume } from './deformable/warp-volume.ts';
import { haveEqualGrids } from './input-check.ts';
import type { PreparedPair } from './prepare-pair.ts';
import { resample } from './sampling.ts';
import { identityMatrix, type Matrix4 } from './transform.ts';
import { valueRangeOf } from './value-range.ts';

/** A result without the time that it took. */
export type Outcome = Omit<RegistrationResult, 'elapsedMs'>;

/** Images that cannot be compared, with the reason for a clinician. */
export const refusal = (reason: string): Outcome => ({
  verdict: 'refused',
  reason,
  method: 'none',
  stages: [],
  transform: { kind: 'identity', matrix: Array.from(identityMatrix()) },
  field: null,
  splines: null,
  moved: null,
  before: null,
  after: null,
  quality: null,
  rejectedDeformation: null,
});

/** Images that are said to share one grid already: they are taken as they are, or refused. */
export function prealigned({ fixed, moving }: RegistrationRequest, pair: PreparedPair, headers: Candidate): Outcome {
  const isSame = haveEqualGrids(fixed, moving);
  return {
    verdict: isSame ? 'accepted' : 'refused',
    reason: isSame ? null : 'The images should share one grid of voxels already, but their sizes or positions differ.',
    method: 'prealigned',
    stages: [],
    transform: asAffineTransform(pair, headers),
    field: null,
    splines: null,
    moved: isSame ? { ...fixed, voxels: moving.voxels.slice() } : null,
    before: headers.measures,
    after: headers.measures,
    quality:
      headers.measures === null
        ? null
        : { coverage: headers.coverage, nmiGain: 0, inverseConsistencyMm: 0, foldedPercent: 0, minimumJacobian: 1 },
    rejectedDeformation: null,
  };
}

/** The moving image on the grid of the fixed one, by a matrix or a field that lead to where it really lies, LPS mm. */
export function movedInto(
  { fixed, moving, presentations }: RegistrationRequest,
  by: { readonly matrix: Matrix4 } | { readonly field: DisplacementField },
): Volume {
  const { low, high } = valueRangeOf(moving.voxels)!;
  // Of an image whose high values are dark, the background is its highest one.
  const background = presentations?.moving.isInverted === true ? high : low;
  const { voxels } =
    'matrix' in by
      ? resample(moving, fixed, by.matrix, background)
      : warpVolume(moving, by.field, { grid: fixed, outside: background });
  if (presentations !== undefined && presentations.fixed.isInverted !== presentations.moving.isInverted) {
    for (let i = 0; i < voxels.length; i++) {
      voxels[i] = low + high - voxels[i]!;
    }
  }
  return { ...fixed, voxels };
}
