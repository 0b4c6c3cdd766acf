import type { RegistrationPlan } from '../../../twins/registration-plan.ts';
import type { DeformableMethod } from '../displacement-field.ts';
import { askNetwork, type InferenceLine } from './inference-thread.ts';
import { refineForPair } from './instance-refinement.ts';
import { networkPair } from './voxelmorph-deformation.ts';

export interface LearnedParameters extends Pick<
  Extract<NonNullable<RegistrationPlan['deformable']>, { method: 'voxelmorph' }>,
  'model' | 'refinement'
> {
  readonly line: InferenceLine;
}

/**
 * VoxelMorph in one pass, and for the pair itself free-form deformation of what it left, where the plan asks for it.
 * @throws {ConfigurationError} for a model that is not there, or not for images of as many dimensions.
 */
export const learnedDeformation: DeformableMethod<LearnedParameters> = (
  fixed,
  moving,
  initial,
  { model, refinement, line },
  options,
) => {
  const { fieldOf, ...pair } = networkPair(fixed, moving, initial);
  const field = fieldOf(askNetwork(line, { model, ...pair }));
  return {
    field: refinement === null ? field : refineForPair(field, fixed, moving, refinement, options),
    splines: null,
  };
};
