import path from 'node:path';
import { loadImage, type LoadedImage } from '../../src/composition/load-image.ts';
import { DomainError } from '../../src/errors.ts';
import type { RegistrationPlan } from '../../src/twins/registration-plan.ts';
import type { RegistrationRequest } from '../../src/twins/registration.ts';
import type { ImagePresentation } from '../../src/twins/timeline.ts';
import { choosePlan } from './choose-plan.ts';
import type { RegisterOptions } from './options.ts';

/** Of an image that came without DICOM's word on it. */
const UNSTATED: ImagePresentation = {
  laterality: null,
  isInverted: false,
  patientOrientation: null,
  viewPosition: null,
};

/** Two images that may be registered, and what a reader of the result should know of them. */
export interface LoadedPair {
  readonly request: RegistrationRequest;
  readonly names: { readonly fixed: string; readonly moving: string };
  readonly hasSpacing: boolean;
  readonly caveats: readonly string[];
}

/**
 * Loads the two images and the plan that the options name.
 * @throws {DomainError} naming file and field; CONFLICT where the images name two patients.
 */
export async function loadPair(options: RegisterOptions): Promise<LoadedPair> {
  const { spacingMm, fixedSeries, movingSeries } = options;
  const load = (place: string, series: string | undefined): Promise<LoadedImage> =>
    loadImage(place, {
      ...(series === undefined ? {} : { seriesInstanceUid: series }),
      ...(spacingMm === undefined ? {} : { spacingMm }),
    });
  const fixed = await load(options.fixed, fixedSeries);
  const moving = await load(options.moving, movingSeries);
  const names = { fixed: path.basename(options.fixed), moving: path.basename(options.moving) };
  if (fixed.hasSpacing !== moving.hasSpacing) {
    const without = fixed.hasSpacing ? names.moving : names.fixed;
    throw new DomainError(
      'INVALID_INPUT',
      `${without} states no distance between pixels, but the other image does; give it by --spacing.`,
      { field: 'spacing' },
    );
  }
  if (!options.isAnyPatient) requireOnePatient(fixed, moving);
  return {
    request: requestOf(fixed, moving, await choosePlan(options, fixed.volume)),
    names,
    hasSpacing: fixed.hasSpacing,
    caveats: [...new Set([...fixed.caveats, ...moving.caveats])],
  };
}

/** A request with what DICOM says of the images, where it says anything. */
export function requestOf(fixed: LoadedImage, moving: LoadedImage, plan: RegistrationPlan): RegistrationRequest {
  const isStated = fixed.presentation !== null || moving.presentation !== null;
  return {
    fixed: fixed.volume,
    moving: moving.volume,
    plan,
    ...(isStated
      ? { presentations: { fixed: fixed.presentation ?? UNSTATED, moving: moving.presentation ?? UNSTATED } }
      : {}),
  };
}

/** No similarity tells whose image it is; the headers do. */
function requireOnePatient(fixed: LoadedImage, moving: LoadedImage): void {
  if (fixed.patient === null || moving.patient === null) return;
  if (fixed.patient.id === moving.patient.id && fixed.patient.issuer === moving.patient.issuer) return;
  throw new DomainError(
    'CONFLICT',
    'The images name two patients. To register them all the same, pass --any-patient.',
    { field: 'PatientID' },
  );
}
