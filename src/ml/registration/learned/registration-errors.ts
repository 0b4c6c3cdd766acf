import { identityMatrix } from '../transform.ts';
import { randomShapes } from './random-shapes.ts';
import { asVolumeShape } from './train-voxelmorph.ts';
import { trainingPair } from './training-pair.ts';
import { networkPair } from './voxelmorph-deformation.ts';
import type { VoxelMorphModel } from './voxelmorph-model.ts';
import { openVoxelMorph } from './voxelmorph-networks.ts';

const DARK = 0.02;
/** Seeds of pairs that no training sees. */
const UNSEEN = 7_000_003;

/** Medians over pairs of the mean distance in voxels from where a point belongs. */
export interface RegistrationErrors {
  readonly before: number;
  readonly after: number;
}

/** What a model makes of deformed random shapes that it did not learn from, where they are not dark. */
export async function errorsOnShapes(model: VoxelMorphModel, seed: number, pairs: number): Promise<RegistrationErrors> {
  const shape = asVolumeShape(model.settings.shape);
  const [, height, width] = shape;
  const geometry = {
    shape,
    spacingMm: [1, 1, 1],
    originMm: [0, 0, 0],
    direction: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  } as const;
  const networks = openVoxelMorph(model);
  const found: { before: number; after: number }[] = [];
  for (let index = 0; index < pairs; index++) {
    const image = randomShapes(shape, seed + UNSEEN, index);
    const { fixed, moving, warp } = trainingPair(image, shape, seed + UNSEEN, index);
    const level = (voxels: Float32Array) => [{ ...geometry, voxels }];
    const asked = networkPair(level(fixed), level(moving), identityMatrix());
    const field = asked.fieldOf(await networks.run(asked.shape, asked.fixed, asked.moving));
    const [sums, count] = [{ before: 0, after: 0 }, image.length];
    let points = 0;
    for (let i = 0; i < count; i++) {
      const at = [Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width] as const;
      // Voxel i of the moving image shows the point `at + shift` of the fixed one.
      const shift = warp.map((axis) => axis[i]!) as [number, number, number];
      const nearest = at.map((position, axis) => Math.round(position + shift[axis]!)) as [number, number, number];
      if (nearest.some((position, axis) => position < 0 || position >= shape[axis]!)) continue;
      const voxel = (nearest[0] * height + nearest[1]) * width + nearest[2];
      if (image[voxel]! < DARK) continue;
      const rest = shift.map((distance, axis) => distance + field.vectorsMm[(2 - axis) * count + voxel]!);
      sums.before += Math.hypot(...shift);
      sums.after += Math.hypot(...rest);
      points++;
    }
    found.push({ before: sums.before / points, after: sums.after / points });
  }
  await networks.close();
  const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;
  return { before: median(found.map(({ before }) => before)), after: median(found.map(({ after }) => after)) };
}
