import { sizeOf, type ArraySpec } from '../../engine/graph.ts';
import { gridSample } from '../../engine/ops/grid-sample.ts';
import * as tf from '../../engine/tensorflow.ts';
import type { NamedTensors } from '../../engine/trace/trace.ts';
import type { Parameters } from '../../forecasting/image/layers.ts';

/** What a VoxelMorph network is built from. */
export interface VoxelMorphSettings {
  /** Of the images: [H, W] or [D, H, W], each a multiple of 16. The weights are the same for every shape of as many axes. */
  readonly shape: readonly number[];
  /** Channels at full, half, quarter, eighth and sixteenth resolution. */
  readonly encoder: readonly [number, number, number, number, number];
  /** Channels of the way back: sixteenth, eighth, quarter and half resolution. */
  readonly decoder: readonly [number, number, number, number];
}

/** Halvings of the images by the encoder, as a factor. */
export const VOXELMORPH_MULTIPLE = 16;
const KERNEL = 3;
/** Squarings of the velocity's exponential: its first step is a 128th of it (Dalca et al. 2019, section 2.3). */
const SQUARINGS = 7;
const LEAK = 0.2;

/** The weights: filters [3, 3, (3,) in, out] and biases. The velocity starts at zero, so that nothing is moved. */
export function voxelMorphParameters({ shape, encoder, decoder }: VoxelMorphSettings): Parameters {
  const kernel = shape.map(() => KERNEL);
  const [full, half, quarter, eighth, sixteenth] = encoder;
  const [back16, back8, back4, back2] = decoder;
  const layers: Record<string, [from: number, to: number]> = {
    encode1: [2, full],
    encode2: [full, half],
    encode4: [half, quarter],
    encode8: [quarter, eighth],
    encode16: [eighth, sixteenth],
    decode16: [sixteenth, back16],
    decode8: [back16 + eighth, back8],
    decode4: [back8 + quarter, back4],
    decode2: [back4 + half, back2],
    refine: [back2, back2],
    velocity: [back2, shape.length],
  };
  return Object.fromEntries(
    Object.entries(layers).flatMap(([name, [from, to]]) => [
      [`${name}.filter`, { shape: [...kernel, from, to], start: name === 'velocity' ? 0 : 'fan-in' }],
      [`${name}.bias`, { shape: [to], start: 0 }],
    ]),
  );
}

/** The pair that the network reads, [B, ...shape, 1] each, 0..1, the moving image on the grid of the fixed one. */
export function voxelMorphInputs({ shape }: VoxelMorphSettings, batch: number): Record<'fixed' | 'moving', ArraySpec> {
  const image = { shape: [batch, ...shape, 1] };
  return { fixed: image, moving: image };
}

export interface VoxelMorphAnswer {
  /** Stationary velocity at half resolution in its voxels, slowest axis first: [B, ...shape / 2, axes]. */
  readonly velocity: tf.Tensor;
  /** A voxel p of the fixed image lies at p + displacement of the moving one, voxels, slowest axis first: [B, ...shape, axes]. */
  readonly displacement: tf.Tensor;
  /** The moving image there: [B, ...shape, 1]. */
  readonly moved: tf.Tensor;
}

/**
 * VoxelMorph with a diffeomorphic field (Balakrishnan et al., IEEE TMI 38(8), 2019, fig. 3; Dalca et al., Medical Image
 * Analysis 57, 2019): a U-Net gives a stationary velocity, whose exponential by scaling and squaring moves the image.
 */
export function voxelMorph(p: NamedTensors, fixed: tf.Tensor, moving: tf.Tensor): VoxelMorphAnswer {
  const layer = (name: string, x: tf.Tensor, stride = 1): tf.Tensor => tf.leakyRelu(convolve(p, name, x, stride), LEAK);
  const full = layer('encode1', tf.concat([fixed, moving], -1));
  const half = layer('encode2', full, 2);
  const quarter = layer('encode4', half, 2);
  const eighth = layer('encode8', quarter, 2);
  const back16 = layer('decode16', layer('encode16', eighth, 2));
  const back8 = layer('decode8', tf.concat([doubled(back16), eighth], -1));
  const back4 = layer('decode4', tf.concat([doubled(back8), quarter], -1));
  const back2 = layer('refine', layer('decode2', tf.concat([doubled(back4), half], -1)));
  const velocity = convolve(p, 'velocity', back2);
  const displacement = enlargedField(exponential(velocity), fixed.shape.slice(1, -1));
  return { velocity, displacement, moved: gridSample(moving, tf.add(gridOf(displacement), displacement)) };
}

function convolve(p: NamedTensors, name: string, x: tf.Tensor, stride = 1): tf.Tensor {
  const filter = p[`${name}.filter`]!;
  const y =
    x.rank === 4
      ? tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, 'same')
      : tf.conv3d(x as tf.Tensor5D, filter as tf.Tensor5D, stride, 'same');
  return tf.add(y, p[`${name}.bias`]!);
}

/** Every voxel twice along each axis. */
function doubled(x: tf.Tensor): tf.Tensor {
  if (x.rank === 4) {
    const [, height, width] = x.shape as [number, number, number, number];
    return tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [2 * height, 2 * width], false, true);
  }
  return x.shape.slice(1, -1).reduce((y, _, index) => {
    const axis = index + 1;
    const [before, after] = [y.shape.slice(0, axis), y.shape.slice(axis + 1)];
    const rows = tf.reshape(y, [sizeOf(before), y.shape[axis]!, 1, sizeOf(after)]);
    return tf.reshape(tf.tile(rows, [1, 1, 2, 1]), [...before, 2 * y.shape[axis]!, ...after]);
  }, x);
}

/** The flow of a stationary velocity after unit time (Arsigny et al., MICCAI 2006, section 3). */
function exponential(velocity: tf.Tensor): tf.Tensor {
  const grid = gridOf(velocity);
  let u = tf.mul(velocity, 2 ** -SQUARINGS);
  for (let squaring = 0; squaring < SQUARINGS; squaring++) u = tf.add(u, gridSample(u, tf.add(grid, u)));
  return u;
}

/** A field at twice its resolution, in the finer grid's voxels. */
function enlargedField(field: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const batch = field.shape[0];
  const at = tf.sub(tf.mul(gridOf(tf.zeros([batch, ...shape, shape.length])), 0.5), 0.25);
  return tf.mul(gridSample(field, at), 2);
}

/** Index of every voxel of a field [B, ...shape, axes], slowest axis first. */
function gridOf({ shape }: tf.Tensor): tf.Tensor {
  const [batch, ...rest] = shape as [number, ...number[]];
  const extents = rest.slice(0, -1);
  const axes = extents.map((extent, axis) => {
    const line = tf.reshape(tf.range(0, extent), [1, ...extents.map((_, other) => (other === axis ? extent : 1)), 1]);
    return tf.broadcastTo(line, [batch, ...extents, 1]);
  });
  return tf.concat(axes, -1);
}
