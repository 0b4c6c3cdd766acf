import * as tf from '@tensorflow/tfjs';
import { isTracing } from '../trace/tracing.ts';

/** What is read outside of the image: its nearest element, or zero. */
export type Outside = 'border' | 'zeros';

/**
 * Samples images at given positions by linear interpolation (Jaderberg et al. 2015, eq. 5), in two or three dimensions.
 * @param image [B, H, W, C] or [B, D, H, W, C]
 * @param coordinates [B, ...out, 2 or 3]: array indices, slowest axis first; index 0 is the centre of the first element.
 * @returns [B, ...out, C]. On a line between two cells, the gradient by the coordinates is that of the upper cell.
 * @throws {RangeError} when the shapes do not fit.
 */
export function gridSample(image: tf.Tensor, coordinates: tf.Tensor, outside: Outside = 'border'): tf.Tensor {
  const axes = image.rank - 2;
  const isFit = (axes === 2 || axes === 3) && coordinates.rank === image.rank && coordinates.shape.at(-1) === axes;
  if (!isFit || coordinates.shape[0] !== image.shape[0]) {
    throw new RangeError(
      `gridSample takes [B, ...2 or 3 axes, C] and [B, ...as many axes, their number], found [${image.shape.join()}] and [${coordinates.shape.join()}]`,
    );
  }
  const run = tf.customGrad((...args) => {
    const [source, at, save] = args as unknown as [tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    save([source, at]);
    const value = isTracing()
      ? (tf.engine().runKernel('GridSample', { image: source, grid: at }, { outside }) as unknown as tf.Tensor)
      : interpolate(source, at, outside);
    return { value, gradFunc: (dy, [first, second]) => gradient(dy, first!, second!, outside) };
  });
  return run(image, coordinates);
}

interface Corner {
  /** Row of the flattened image, [B * N]. */
  readonly index: tf.Tensor1D;
  /** Weight of each axis, zero outside of the image where that is read as zero, [B, N]. */
  readonly shares: readonly tf.Tensor[];
  readonly isHigh: readonly boolean[];
}

/** The corners of the cell that each position lies in. */
function cornersOf(image: tf.Tensor, coordinates: tf.Tensor, outside: Outside): Corner[] {
  const batch = image.shape[0];
  const extents = image.shape.slice(1, -1);
  const rowsPerImage = extents.reduce((product, extent) => product * extent, 1);
  const axes = tf.unstack(tf.reshape(coordinates, [batch, -1, extents.length]), 2).map((position, axis) => {
    const last = extents[axis]! - 1;
    const at = outside === 'border' ? tf.clipByValue(position, 0, last) : position;
    const low = outside === 'border' ? tf.minimum(tf.floor(at), Math.max(0, last - 1)) : tf.floor(at);
    return { low, share: tf.sub(at, low), last, stride: extents.slice(axis + 1).reduce((a, b) => a * b, 1) };
  });
  const first = Array.from({ length: batch }, (_, example) => example * rowsPerImage);
  return Array.from({ length: 2 ** extents.length }, (_, corner) => {
    let index: tf.Tensor = tf.tensor2d(first, [batch, 1]);
    const isHigh = extents.map((_, axis) => (corner >> axis) % 2 === 1);
    const shares = axes.map(({ low, share, last, stride }, axis) => {
      const at = isHigh[axis]! ? tf.add(low, 1) : low;
      index = tf.add(index, tf.mul(tf.clipByValue(at, 0, last), stride));
      const weight = isHigh[axis]! ? share : tf.sub(1, share);
      return outside === 'border' ? weight : tf.mul(weight, isInside(at, last));
    });
    return { index: tf.reshape(tf.cast(index, 'int32'), [-1]), shares, isHigh };
  });
}

function isInside(position: tf.Tensor, last: number): tf.Tensor {
  return tf.cast(tf.logicalAnd(tf.greaterEqual(position, 0), tf.lessEqual(position, last)), 'float32');
}

const product = (factors: readonly tf.Tensor[]): tf.Tensor => factors.reduce((all, factor) => tf.mul(all, factor));

function interpolate(image: tf.Tensor, coordinates: tf.Tensor, outside: Outside): tf.Tensor {
  const channels = image.shape.at(-1)!;
  const rows = tf.reshape(image, [-1, channels]);
  const parts = cornersOf(image, coordinates, outside).map(({ index, shares }) =>
    tf.mul(tf.gather(rows, index), tf.reshape(product(shares), [-1, 1])),
  );
  return tf.reshape(tf.addN(parts), [...coordinates.shape.slice(0, -1), channels]);
}

/** Written out, because tfjs does not differentiate through indices. */
function gradient(dy: tf.Tensor, image: tf.Tensor, coordinates: tf.Tensor, outside: Outside): tf.Tensor[] {
  const batch = image.shape[0];
  const channels = image.shape.at(-1)!;
  const extents = image.shape.slice(1, -1);
  const rows = tf.reshape<tf.Rank.R2>(image, [-1, channels]);
  const errors = tf.reshape(dy, [-1, channels]);
  const corners = cornersOf(image, coordinates, outside);
  const byImage = corners.map(({ index, shares }) =>
    tf.unsortedSegmentSum(tf.mul(errors, tf.reshape(product(shares), [-1, 1])), index, rows.shape[0]),
  );
  const agreements = corners.map(({ index }) =>
    tf.reshape(tf.sum(tf.mul(tf.gather(rows, index), errors), 1), [batch, -1]),
  );
  const positions = tf.unstack(tf.reshape(coordinates, [batch, -1, extents.length]), 2);
  const byAxis = extents.map((extent, axis) => {
    const parts = corners.map(({ shares, isHigh }, corner) => {
      const others = shares.filter((_, other) => other !== axis);
      // A corner outside of an image that is zero there does not move the result.
      const inside = outside === 'zeros' ? [visible(corners[corner]!, axis)] : [];
      const slope = product([agreements[corner]!, ...others, ...inside]);
      return isHigh[axis]! ? slope : tf.neg(slope);
    });
    const sum = tf.addN(parts);
    return outside === 'border' ? tf.mul(sum, isInside(positions[axis]!, extent - 1)) : sum;
  });
  return [tf.reshape(tf.addN(byImage), image.shape), tf.reshape(tf.stack(byAxis, 2), coordinates.shape)];

  function visible({ isHigh }: Corner, axis: number): tf.Tensor {
    const low = tf.floor(positions[axis]!);
    return isInside(isHigh[axis]! ? tf.add(low, 1) : low, extents[axis]! - 1);
  }
}
