import type { ForecastVisit } from '../../../twins/forecast.ts';
import type { LesionAnswer, LesionInput, OpenedLesionModel } from './lesion-forecast.ts';
import { type Grid, gridAround, gridFit, placeMm, resampled } from './model-grid.ts';

type Answered = Extract<LesionAnswer, { voxels: Float32Array }>;

/** An input on the grid of the model. */
export interface FittedImages {
  readonly input: LesionInput;
  /** Brings an answer back to the grid of the images. */
  restore(this: void, answer: Answered): Answered;
}

/**
 * Brings the images of an input to the grid that the model was trained on: about the lesion of the last image, where they show more
 * than that. The change that is forecast is brought back and added to the last image, so that nothing else is blurred.
 * @returns why they cannot be brought there, where that is so.
 */
export async function fitImages(
  { model, whole }: Pick<OpenedLesionModel, 'model' | 'whole'>,
  input: LesionInput,
): Promise<FittedImages | { readonly reason: string }> {
  const { visits, shape, spacingMm } = input;
  const last = visits.findLast(({ voxels }) => voxels !== null)?.voxels ?? null;
  if (last === null || shape === null) return { reason: 'There is no image to start from.' };
  const { imageShape, imageSpacingMm, network } = model;
  const trained: Grid = { shape: imageShape, spacingMm: imageSpacingMm };
  const fit = gridFit(shape, spacingMm ?? null, trained, [network.height, network.width]);
  if (fit.kind === 'none') return fit;
  if (fit.kind === 'same') return { input, restore: (answer) => answer };
  const own: Grid = { shape, spacingMm: spacingMm! };
  const middle = gridAround([0, 0, 0], own, trained);
  const { centre } = await whole.observe(resampled(last, own, middle, 'border'));
  const grid = centre === null ? middle : gridAround(placeMm(centre, middle), own, trained);
  const moved = visits.map(({ day, voxels, values, exposures }): ForecastVisit => ({
    day,
    voxels: voxels === null ? null : resampled(voxels, own, grid, 'border'),
    values,
    exposures,
  }));
  const before = moved.findLast(({ voxels }) => voxels !== null)!.voxels!;
  return {
    input: { ...input, visits: moved, shape: imageShape, spacingMm: imageSpacingMm },
    restore: (answer) => {
      const change = answer.voxels.map((voxel, index) => voxel - before[index]!);
      const back = resampled(change, grid, own, 'zeros');
      return {
        ...answer,
        voxels: last.map((voxel, index) => voxel + back[index]!),
        uncertainty: resampled(answer.uncertainty, grid, own, 'border'),
        caveats: [...answer.caveats, fit.caveat],
      };
    },
  };
}
