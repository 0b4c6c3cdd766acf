import * as tf from '@tensorflow/tfjs';
import { createValue, type Value } from '../graph.ts';
import { defineKernel, emit, type Inferred } from './tracing.ts';

/** A window that slides over the spatial axes (two or three of them). */
export interface WindowAttrs {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padsBefore: readonly number[];
  readonly padsAfter: readonly number[];
}

type Info2D = tf.backend_util.Conv2DInfo;
type Info3D = tf.backend_util.Conv3DInfo;

const window2D = (info: Info2D): WindowAttrs => ({
  kernel: [info.filterHeight, info.filterWidth],
  strides: [info.strideHeight, info.strideWidth],
  dilations: [info.dilationHeight, info.dilationWidth],
  padsBefore: [info.padInfo.top, info.padInfo.left],
  padsAfter: [info.padInfo.bottom, info.padInfo.right],
});
const window3D = (info: Info3D): WindowAttrs => ({
  kernel: [info.filterDepth, info.filterHeight, info.filterWidth],
  strides: [info.strideDepth, info.strideHeight, info.strideWidth],
  dilations: [info.dilationDepth, info.dilationHeight, info.dilationWidth],
  padsBefore: [info.padInfo.front, info.padInfo.top, info.padInfo.left],
  padsAfter: [info.padInfo.back, info.padInfo.bottom, info.padInfo.right],
});

interface TfjsConv {
  readonly strides: number | number[];
  readonly pad: 'same' | 'valid' | number;
  readonly dilations?: number | number[];
  readonly dataFormat?: string;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly inputShape?: number[];
  readonly filterShape?: number[];
  readonly filterSize?: number | number[];
}
type Geometry = { readonly window: WindowAttrs; readonly outShape: number[] };

function convolution(x: number[], filter: number[], a: TfjsConv, isDepthwise = false): Geometry {
  if (a.dataFormat !== undefined && a.dataFormat !== 'NHWC' && a.dataFormat !== 'NDHWC') {
    throw new Error(`convolutions must have channels last, found ${a.dataFormat}`);
  }
  if (x.length === 5) {
    const info = tf.backend_util.computeConv3DInfo(
      x as [number, number, number, number, number],
      filter as [number, number, number, number, number],
      a.strides as number,
      (a.dilations ?? 1) as number,
      a.pad,
    );
    return { window: window3D(info), outShape: info.outShape };
  }
  const info = tf.backend_util.computeConv2DInfo(
    x as [number, number, number, number],
    filter as [number, number, number, number],
    a.strides as number,
    (a.dilations ?? 1) as number,
    a.pad,
    a.dimRoundingMode,
    isDepthwise,
  );
  return { window: window2D(info), outShape: info.outShape };
}

function pooling(x: number[], a: TfjsConv): Geometry {
  if (x.length === 5) {
    const info = tf.backend_util.computePool3DInfo(
      x as [number, number, number, number, number],
      a.filterSize as number,
      a.strides as number,
      1,
      a.pad,
      a.dimRoundingMode,
    );
    return { window: window3D(info), outShape: info.outShape };
  }
  const info = tf.backend_util.computePool2DInfo(
    x as [number, number, number, number],
    a.filterSize as number,
    a.strides as number,
    1,
    a.pad,
    a.dimRoundingMode,
  );
  return { window: window2D(info), outShape: info.outShape };
}

/** The one part of a concatenation of channels that is not zero, and where it begins. */
function liveChannels(x: Value): { part: Value; begin: number } | undefined {
  const channel = x.shape.length - 1;
  if (x.node?.op !== 'Concat' || (x.node.attrs as { axis: number }).axis !== channel) return undefined;
  const parts = x.node.inputs;
  const live = parts.filter(({ uniform }) => uniform !== 0);
  const [part] = live;
  if (part === undefined || live.length !== 1 || parts.length === 1) return undefined;
  const begin = parts.slice(0, parts.indexOf(part)).reduce((sum, { shape }) => sum + shape[channel]!, 0);
  return { part, begin };
}

/** Channels known to be zero (a recurrent state at its first step) need no multiplication. */
function forward(op: string, x: Value, filter: Value, a: TfjsConv): Inferred {
  const { window, outShape } = convolution(x.shape, filter.shape, a);
  const live = liveChannels(x);
  if (live === undefined) return emit(op, [x, filter], window, { shape: outShape })[0]!;
  const channel = filter.shape.length - 2;
  const shape = filter.shape.with(channel, live.part.shape.at(-1)!);
  const begin = filter.shape.map((_, axis) => (axis === channel ? live.begin : 0));
  const [part] = emit('Slice', [filter], { begin }, { shape });
  return emit(op, [live.part, part!], window, { shape: outShape })[0]!;
}

function filterGradient(op: string, x: Value, dy: Value, a: TfjsConv): Inferred {
  const filterShape = a.filterShape!;
  const { window } = convolution(x.shape, filterShape, a);
  const live = liveChannels(x);
  if (live === undefined) return emit(op, [x, dy], window, { shape: filterShape })[0]!;
  const channel = filterShape.length - 2;
  const extent = live.part.shape.at(-1)!;
  const [part] = emit(op, [live.part, dy], window, { shape: filterShape.with(channel, extent) });
  const rest = filterShape[channel]! - live.begin - extent;
  const paddings = filterShape.map((_, axis) => (axis === channel ? [live.begin, rest] : [0, 0]));
  return emit('PadV2', [part!], { paddings, constantValue: 0 }, { shape: filterShape })[0]!;
}

/** Registers convolutions and pooling in two and three dimensions, with their gradients. */
export function registerConvolutionKernels(): void {
  for (const op of ['Conv2D', 'Conv3D']) {
    defineKernel<TfjsConv>(op, ['x', 'filter'], ([x, filter], a) => forward('Conv', x!, filter!, a));
  }
  for (const op of ['Conv2DBackpropInput', 'Conv3DBackpropInputV2']) {
    defineKernel<TfjsConv>(op, ['dy', 'filter'], ([dy, filter], a) => {
      const { window } = convolution(a.inputShape!, filter!.shape, a);
      return emit('ConvInputGradient', [dy!, filter!], window, { shape: a.inputShape! })[0]!;
    });
  }
  for (const op of ['Conv2DBackpropFilter', 'Conv3DBackpropFilterV2']) {
    defineKernel<TfjsConv>(op, ['x', 'dy'], ([x, dy], a) => filterGradient('ConvFilterGradient', x!, dy!, a));
  }
  defineKernel<TfjsConv>('DepthwiseConv2dNative', ['x', 'filter'], ([x, filter], a) => {
    const { window, outShape } = convolution(x!.shape, filter!.shape, a, true);
    return emit('DepthwiseConv', [x!, filter!], window, { shape: outShape })[0]!;
  });
  defineKernel<TfjsConv>('DepthwiseConv2dNativeBackpropInput', ['dy', 'filter'], ([dy, filter], a) => {
    const { window } = convolution(a.inputShape!, filter!.shape, a, true);
    return emit('DepthwiseConvInputGradient', [dy!, filter!], window, { shape: a.inputShape! })[0]!;
  });
  defineKernel<TfjsConv>('DepthwiseConv2dNativeBackpropFilter', ['x', 'dy'], ([x, dy], a) => {
    const { window } = convolution(x!.shape, a.filterShape!, a, true);
    return emit('DepthwiseConvFilterGradient', [x!, dy!], window, { shape: a.filterShape! })[0]!;
  });
  for (const [op, suffix] of [
    ['MaxPool', ''],
    ['AvgPool', ''],
    ['MaxPool', '3D'],
    ['AvgPool', '3D'],
  ] as const) {
    defineKernel<TfjsConv>(`${op}${suffix}`, ['x'], ([x], a) => {
      const { window, outShape } = pooling(x!.shape, a);
      return emit(op, [x!], window, { shape: outShape })[0]!;
    });
    defineKernel<TfjsConv>(`${op}${suffix}Grad`, ['dy', 'input'], ([dy, x], a) => {
      const { window } = pooling(x!.shape, a);
      return emit(`${op}Gradient`, [dy!, x!], window, { shape: x!.shape })[0]!;
    });
  }
  for (const op of ['ResizeBilinear', 'ResizeNearestNeighbor']) {
    defineKernel<{ size: number[] }>(op, ['images'], ([x], { size }) => ({
      shape: [x!.shape[0]!, size[0]!, size[1]!, x!.shape[3]!],
    }));
    defineKernel(`${op}Grad`, ['dy', 'images'], ([, x]) => ({ shape: x!.shape }));
  }
  defineKernel<{ blockSize: number }>('DepthToSpace', ['x'], ([x], { blockSize: b }) => ({
    shape: [x!.shape[0]!, x!.shape[1]! * b, x!.shape[2]! * b, x!.shape[3]! / (b * b)],
  }));
}

/** The same convolution on a part of the input channels, for an input gradient of which only that part is wanted. */
export function sliceFilterChannels(filter: Value, begin: number, extent: number): Value {
  const channel = filter.shape.length - 2;
  const sliced = createValue(filter.shape.with(channel, extent), filter.dtype);
  sliced.node = {
    op: 'Slice',
    inputs: [filter],
    attrs: { begin: filter.shape.map((_, axis) => (axis === channel ? begin : 0)) },
    outputs: [sliced],
  };
  return sliced;
}
