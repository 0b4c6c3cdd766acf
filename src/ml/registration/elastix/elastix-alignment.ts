import { defaultParameterMapNode, elastixNode } from '@itk-wasm/elastix';
import { FloatTypes, Image, ImageType, PixelTypes } from 'itk-wasm';
import type { RegistrationPlan } from '../../../twins/registration-plan.ts';
import type { Volume } from '../../../twins/volume.ts';
import type { LocalFrame } from '../local-frame.ts';
import type { PreparedPair } from '../prepare-pair.ts';
import { levelLike } from '../pyramid.ts';
import { compose, indexToWorld, type Matrix4 } from '../transform.ts';
import { matrixOfTransforms } from './itk-transform.ts';

const ITERATIONS = 64;
/** Whatever it is, the same input gives the same transform. */
const SEED = 121_212;
const RESOLUTIONS = 3;

/**
 * Aligns a pair with elastix (Klein et al., IEEE TMI 29(1), 2010; Mattes mutual information): rigid from the centres of
 * gravity and, where the plan allows it, affine. From the fixed to the moving image in LPS mm, within the shared plane.
 * Null where it fails: it throws bare numbers, and answers some images that it cannot align with the identity, so what it
 * finds must be judged like any other transform. It keeps its thread busy for seconds and cannot be interrupted.
 */
export async function elastixAlignment(
  { fixed, movingLevels, frame }: PreparedPair,
  { stages }: RegistrationPlan,
): Promise<Matrix4 | null> {
  const finest = fixed.levels[0]!;
  try {
    const parameters: unknown[] = [];
    for (const stage of ['rigid', 'affine'].filter((name) => name === 'rigid' || stages.includes('affine'))) {
      const { parameterMap } = await defaultParameterMapNode(stage, { numberOfResolutions: RESOLUTIONS });
      parameters.push({
        ...(parameterMap as Record<string, string[]>),
        MaximumNumberOfIterations: [String(ITERATIONS)],
        RandomSeed: [String(SEED)],
        ...(stage === 'rigid' && {
          AutomaticTransformInitialization: ['true'],
          AutomaticTransformInitializationMethod: ['CenterOfGravity'],
        }),
      });
    }
    const { transform } = await elastixNode(parameters as Parameters<typeof elastixNode>[0], {
      fixed: imageOf(finest, frame, 'fixed'),
      moving: imageOf(levelLike(movingLevels, finest), frame, 'moving'),
    });
    const local = matrixOfTransforms(transform);
    return local?.every(Number.isFinite) === true ? compose(frame.toWorld, compose(local, frame.fromWorld)) : null;
  } catch {
    return null;
  }
}

/** An image in millimetres of the local frame; of a slice its plane. */
function imageOf(level: Volume, { fromWorld, flat }: LocalFrame, name: string): Image {
  const toLocal = compose(fromWorld, indexToWorld(level));
  const dimension = flat ? 2 : 3;
  const axes = [0, 1, 2].slice(0, dimension);
  const image = new Image(new ImageType(dimension, FloatTypes.Float32, PixelTypes.Scalar, 1));
  const spacing = axes.map((axis) => level.spacingMm[2 - axis]!);
  image.name = name;
  image.size = axes.map((axis) => level.shape[2 - axis]!);
  image.spacing = spacing;
  image.origin = axes.map((row) => toLocal[4 * row + 3]!);
  image.direction = Float64Array.from(
    axes.flatMap((row) => axes.map((column) => toLocal[4 * row + column]! / spacing[column]!)),
  );
  image.data = level.voxels;
  return image;
}
