import { sizeOf, type Value } from '../graph.ts';
import type { OnnxAttribute } from '../onnx/onnx-model.ts';
import type { WindowAttrs } from '../trace/convolution-kernels.ts';
import type { Lowering, LoweringRule, LoweringRules } from './lowering.ts';
import { averageWeights, linearWeights, nearestWeights, type ResizeAttrs } from './resampling-weights.ts';

const poolAttrs = ({ kernel, strides, padsBefore, padsAfter }: WindowAttrs): Record<string, OnnxAttribute> => ({
  kernel_shape: kernel,
  strides,
  pads: [...padsBefore, ...padsAfter],
});

const pool: LoweringRule = (l, { op, inputs: [x], outputs: [out], attrs }) => {
  const name = l.node(
    op === 'AvgPool' ? 'AveragePool' : 'MaxPool',
    [l.get(x!, 'first')],
    poolAttrs(attrs as WindowAttrs),
  );
  l.set(out!, 'first', name);
};

/** Sends each error to the element that was the maximum; windows may overlap. */
const maxPoolGradient: LoweringRule = (l, { inputs: [dy, x], outputs: [out], attrs }) => {
  const first = l.get(x!, 'first');
  const [, indices] = l.nodes('MaxPool', [first], poolAttrs(attrs as WindowAttrs), 2);
  const zeros = l.node('Expand', [l.scalar(0), l.ints([sizeOf(x!.shape)])]);
  const errors = l.reshape(l.get(dy!, 'first'), [-1]);
  const flat = l.node('ScatterElements', [zeros, l.reshape(indices!, [-1]), errors], { axis: 0, reduction: 'add' });
  const [batch, channels] = [x!.shape[0]!, x!.shape.at(-1)!];
  l.set(out!, 'first', l.reshape(flat, [batch, channels, ...x!.shape.slice(1, -1)]));
};

/**
 * Resampling along axes is y = A x B' with fixed matrices, so its gradient is A' dy B: exact for every size and mode.
 * `weights` are row-major [from, to] per spatial axis.
 */
function separable(
  l: Lowering,
  dy: Value,
  weights: readonly { data: Float32Array; from: number; to: number }[],
): string {
  const [batch, channels] = [dy.shape[0]!, dy.shape.at(-1)!];
  const extents = dy.shape.slice(1, -1);
  let name = l.get(dy, 'first');
  for (const [axis, { data, from, to }] of [...weights.entries()].toReversed()) {
    const isLast = axis === weights.length - 1;
    const after = sizeOf(extents.slice(axis + 1));
    const matrix = isLast
      ? l.initializer('float32', [from, to], data)
      : l.initializer('float32', [to, from], transposed(data, from, to));
    if (isLast) {
      name = l.node('MatMul', [name, matrix]);
    } else {
      const before = extents.slice(0, axis);
      name = l.node('MatMul', [matrix, l.reshape(name, [batch, channels, ...before, from, after])]);
    }
    extents[axis] = to;
    if (!isLast) name = l.reshape(name, [batch, channels, ...extents]);
  }
  return name;
}

function transposed(matrix: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(matrix.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) out[column * rows + row] = matrix[row * columns + column]!;
  }
  return out;
}

const avgPoolGradient: LoweringRule = (l, { inputs: [dy, x], outputs: [out], attrs }) => {
  const { kernel, strides, padsBefore } = attrs as WindowAttrs;
  const weights = kernel.map((extent, axis) => {
    const [from, to] = [dy!.shape[axis + 1]!, x!.shape[axis + 1]!];
    return { from, to, data: averageWeights(to, from, { extent, stride: strides[axis]!, pad: padsBefore[axis]! }) };
  });
  l.set(out!, 'first', separable(l, dy!, weights));
};

const resizeGradient =
  (weightsOf: (inputs: number, outputs: number, attrs: ResizeAttrs) => Float32Array): LoweringRule =>
  (l, { inputs: [dy, images], outputs: [out], attrs }) => {
    const weights = [1, 2].map((axis) => {
      const [from, to] = [dy!.shape[axis]!, images!.shape[axis]!];
      return { from, to, data: weightsOf(to, from, attrs as ResizeAttrs) };
    });
    l.set(out!, 'first', separable(l, dy!, weights));
  };

const resize =
  (mode: 'linear' | 'nearest'): LoweringRule =>
  (l, { inputs: [x], outputs: [out], attrs }) => {
    const { alignCorners, halfPixelCenters } = attrs as ResizeAttrs;
    const [batch, height, width, channels] = out!.shape as [number, number, number, number];
    const coordinates = alignCorners ? 'align_corners' : halfPixelCenters ? 'half_pixel' : 'asymmetric';
    const nearest = { nearest_mode: alignCorners ? 'round_prefer_ceil' : 'floor' };
    // tfjs takes the floor of scale * (position + 0.5) without moving back by half a pixel.
    if (mode === 'nearest' && halfPixelCenters && !alignCorners) {
      return l.set(out!, 'first', gatherNearest(l, x!, height, width, attrs as ResizeAttrs));
    }
    if (mode === 'linear' && x!.shape[1]! * x!.shape[2]! <= FEW_PIXELS) {
      return l.set(out!, 'first', enlargedByProduct(l, x!, out!, attrs as ResizeAttrs));
    }
    const size = l.ints([batch, channels, height, width]);
    const name = l.node('Resize', [l.get(x!, 'first'), '', '', size], {
      mode,
      coordinate_transformation_mode: coordinates,
      ...(mode === 'nearest' ? nearest : {}),
    });
    return l.set(out!, 'first', name);
  };

/** Images up to this size are resized as a product with a matrix: interpolating pixel by pixel costs several times as much. */
const FEW_PIXELS = 32;

function enlargedByProduct(l: Lowering, x: Value, out: Value, attrs: ResizeAttrs): string {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const [, rows, columns] = out.shape as [number, number, number, number];
  const [byRow, byColumn] = [linearWeights(height, rows, attrs), linearWeights(width, columns, attrs)];
  const [pixels, places] = [height * width, rows * columns];
  const weights = Float32Array.from({ length: pixels * places }, (_, at) => {
    const [pixel, place] = [Math.floor(at / places), at % places];
    const [y, row] = [Math.floor(pixel / width), Math.floor(place / columns)];
    return byRow[row * height + y]! * byColumn[(place % columns) * width + (pixel % width)]!;
  });
  const flat = l.reshape(l.get(x, 'first'), [batch * channels, pixels]);
  const product = l.node('MatMul', [flat, l.initializer('float32', [pixels, places], weights)]);
  return l.reshape(product, [batch, channels, rows, columns]);
}

function gatherNearest(l: Lowering, x: Value, height: number, width: number, attrs: ResizeAttrs): string {
  const from = (inputs: number, outputs: number): number[] => {
    const weights = nearestWeights(inputs, outputs, attrs);
    return Array.from({ length: outputs }, (_, row) => weights.subarray(row * inputs, (row + 1) * inputs).indexOf(1));
  };
  const rows = l.node('Gather', [l.get(x, 'first'), l.ints(from(x.shape[1]!, height))], { axis: 2 });
  return l.node('Gather', [rows, l.ints(from(x.shape[2]!, width))], { axis: 3 });
}

/**
 * Coordinates are array indices, slowest axis first; ONNX wants them in -1..1, fastest axis first. In two dimensions ONNX
 * Runtime is four times as fast without padding and aligned corners; for a border positions are brought inside first.
 */
const gridSample: LoweringRule = (l, { inputs: [image, grid], outputs: [out], attrs }) => {
  const { outside } = attrs as { outside: string };
  const extents = image!.shape.slice(1, -1).toReversed();
  const order = l.ints(extents.map((_, axis) => extents.length - 1 - axis));
  const reversed = l.node('Gather', [l.get(grid!), order], { axis: -1 });
  const isPlane = extents.length === 2;
  const isBrought = isPlane && outside === 'border';
  const last = byAxis(
    l,
    extents.map((extent) => extent - 1),
  );
  const inside = isBrought ? l.node('Min', [l.node('Max', [reversed, l.scalar(0)]), last]) : reversed;
  const scales = extents.map((extent) => (isPlane ? 2 / extent : extent > 1 ? 2 / (extent - 1) : 0));
  const shifts = extents.map((extent) => (isPlane ? 1 - 1 / extent : extent > 1 ? 1 : 0));
  const normalised = l.node('Sub', [l.node('Mul', [inside, byAxis(l, scales)]), byAxis(l, shifts)]);
  const name = l.node('GridSample', [l.get(image!, 'first'), normalised], {
    mode: 'linear',
    padding_mode: isPlane ? 'zeros' : outside,
    align_corners: isPlane ? 0 : 1,
  });
  l.set(out!, 'first', name);
};

/** A number by axis, or one for all: an array that repeats after two elements is added ten times as slowly. */
const byAxis = (l: Lowering, numbers: readonly number[]): string =>
  numbers.every((number) => number === numbers[0]) ? l.scalar(numbers[0]!) : l.floats(numbers);

/** How pooling, resizing and warping are written in ONNX. */
export const SAMPLING_RULES: LoweringRules = {
  MaxPool: pool,
  AvgPool: pool,
  MaxPoolGradient: maxPoolGradient,
  AvgPoolGradient: avgPoolGradient,
  ResizeBilinear: resize('linear'),
  ResizeNearestNeighbor: resize('nearest'),
  ResizeBilinearGrad: resizeGradient(linearWeights),
  ResizeNearestNeighborGrad: resizeGradient(nearestWeights),
  DepthToSpace: (l, { inputs: [x], outputs: [out], attrs }) =>
    l.set(
      out!,
      'first',
      l.node('DepthToSpace', [l.get(x!, 'first')], { blocksize: (attrs as { blockSize: number }).blockSize }),
    ),
  GridSample: gridSample,
};
