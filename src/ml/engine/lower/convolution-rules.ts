import { sizeOf, type GraphNode, type Value } from '../graph.ts';
import type { OnnxAttribute } from '../onnx/onnx-model.ts';
import type { WindowAttrs } from '../trace/convolution-kernels.ts';
import type { Layout } from './layout.ts';
import type { Lowering, LoweringRule, LoweringRules } from './lowering.ts';

const NCHWC = 'com.microsoft.nchwc';
const TO_FIRST_INDEX = -(2 ** 31);

const windowAttrs = ({
  kernel,
  strides,
  dilations,
  padsBefore,
  padsAfter,
}: WindowAttrs): Record<string, OnnxAttribute> => ({
  kernel_shape: kernel,
  strides,
  dilations,
  pads: [...padsBefore, ...padsAfter],
});

/**
 * [..kernel, in, out] to [out, in, ..kernel] as two moves of one axis, for which ONNX Runtime has fast paths; the
 * reshape between them keeps it from merging the two into one slow move.
 */
function outInKernel(l: Lowering, filter: Value): string {
  const name = l.get(filter);
  const [input, output] = filter.shape.slice(-2) as [number, number];
  const kernel = filter.shape.slice(0, -2);
  const positions = sizeOf(kernel);
  return l.once(`filter ${name}`, () => {
    const flat = l.transpose(l.reshape(name, [positions * input, output]), [1, 0]);
    return l.reshape(l.transpose(l.reshape(flat, [output, positions, input]), [0, 2, 1]), [output, input, ...kernel]);
  });
}

/** An added vector of one number per channel that is the only use of a convolution: its third input. */
function takeBias(l: Lowering, out: Value): { name: string; sum: Value } | undefined {
  const [add, ...others] = l.usersOf(out);
  if (add?.op !== 'Add' || others.length > 0 || l.isOutput(out)) return undefined;
  const bias = add.inputs[0] === out ? add.inputs[1]! : add.inputs[0]!;
  const channels = out.shape.at(-1)!;
  const isVector = sizeOf(bias.shape) === channels && (bias.shape.at(-1) ?? 1) === channels;
  if (!isVector || bias.uniform !== undefined || !l.isAvailable(bias)) return undefined;
  l.done.add(add);
  const name = l.get(bias);
  return { name: bias.shape.length === 1 ? name : l.reshape(name, [channels]), sum: add.outputs[0]! };
}

function write(
  l: Lowering,
  out: Value,
  layout: Layout,
  op: string,
  inputs: string[],
  attrs: Record<string, OnnxAttribute>,
  domain = '',
): void {
  const bias = takeBias(l, out);
  const name = l.node(op, bias === undefined ? inputs : [...inputs, bias.name], attrs, domain);
  l.set(bias?.sum ?? out, layout, name);
}

/**
 * Convolution in the blocked layout, with the filter (an array known only at run time) put in blocks here: ONNX
 * Runtime does so by itself for constant filters alone, and loses the layout at every split. `order` puts [..kernel, in/b, b, out/b, b] in the order of blocks.
 */
function writeBlocked(
  l: Lowering,
  out: Value,
  image: Value,
  filter: { name: string; shape: readonly number[] },
  window: WindowAttrs,
  order: readonly number[],
): void {
  const b = l.options.block;
  const [kh, kw, input, output] = filter.shape as [number, number, number, number];
  const channels = order[0] === 4 ? [output, input] : [input, output];
  const blocks = l.once(`blocks ${filter.name} ${order.join()}`, () =>
    l.reshape(l.transpose(l.reshape(filter.name, [kh, kw, input / b, b, output / b, b]), order), [...channels, kh, kw]),
  );
  write(l, out, 'blocked', 'Conv', [l.get(image, 'blocked'), blocks], { ...windowAttrs(window), group: 1 }, NCHWC);
}
const FORWARD_BLOCKS = [4, 2, 0, 1, 3, 5];
const BACKWARD_BLOCKS = [2, 4, 0, 1, 5, 3];

const convolve: LoweringRule = (l, { inputs: [x, filter], outputs: [out], attrs }) => {
  const window = attrs as WindowAttrs;
  if (l.canBlock(x!) && l.canBlock(out!)) {
    return writeBlocked(l, out!, x!, { name: l.get(filter!), shape: filter!.shape }, window, FORWARD_BLOCKS);
  }
  return write(l, out!, 'first', 'Conv', [l.get(x!, 'first'), outInKernel(l, filter!)], windowAttrs(window));
};

/** Pads of the transposed convolution, and what it lacks to the extent of the input. */
function transposedAttrs(
  { kernel, strides, dilations, padsBefore, padsAfter }: WindowAttrs,
  dy: Value,
  out: Value,
): Record<string, OnnxAttribute> {
  const missing = kernel.map((extent, axis) => {
    const span = strides[axis]! * (dy.shape[axis + 1]! - 1) + dilations[axis]! * (extent - 1) + 1;
    return out.shape[axis + 1]! - (span - padsBefore[axis]! - padsAfter[axis]!);
  });
  return { kernel_shape: kernel, strides, dilations, pads: [...padsBefore, ...padsAfter], output_padding: missing };
}

/** With stride one: a convolution with the filter flipped and its channels exchanged. Otherwise a transposed one. */
const inputGradient: LoweringRule = (l, { inputs: [dy, filter], outputs: [out], attrs }) => {
  const window = attrs as WindowAttrs;
  const { kernel, strides, dilations } = window;
  const reach = kernel.map((extent, axis) => dilations[axis]! * (extent - 1));
  const padsBefore = reach.map((extent, axis) => extent - window.padsBefore[axis]!);
  const padsAfter = reach.map((extent, axis) => extent - window.padsAfter[axis]!);
  if (strides.some((stride) => stride !== 1) || [...padsBefore, ...padsAfter].some((pad) => pad < 0)) {
    const inputs = [l.get(dy!, 'first'), outInKernel(l, filter!)];
    return write(l, out!, 'first', 'ConvTranspose', inputs, transposedAttrs(window, dy!, out!));
  }
  const back: WindowAttrs = { kernel, strides, dilations, padsBefore, padsAfter };
  const name = l.get(filter!);
  const axes = kernel.map((_, axis) => axis);
  const all = (value: number): number[] => axes.map(() => value);
  const flipped =
    sizeOf(kernel) === 1
      ? name
      : l.once(`flipped ${name}`, () =>
          l.slice(name, { begin: all(-1), end: all(TO_FIRST_INDEX), axes, steps: all(-1) }),
        );
  if (l.canBlock(dy!) && l.canBlock(out!)) {
    return writeBlocked(l, out!, dy!, { name: flipped, shape: filter!.shape }, back, BACKWARD_BLOCKS);
  }
  const [input, output] = filter!.shape.slice(-2) as [number, number];
  const exchanged = l.once(`exchanged ${name}`, () =>
    l.reshape(l.transpose(l.reshape(flipped, [sizeOf(kernel), input, output]), [1, 2, 0]), [input, output, ...kernel]),
  );
  return write(l, out!, 'first', 'Conv', [l.get(dy!, 'first'), exchanged], windowAttrs(back));
};

/** The input shifted to each position of the filter: arrays of the extent of dy. */
function shiftedInputs(
  l: Lowering,
  x: Value,
  dy: Value,
  { kernel, strides, dilations, padsBefore, padsAfter }: WindowAttrs,
): string[] {
  const first = l.get(x, 'first');
  const pads = [0, 0, ...padsBefore, 0, 0, ...padsAfter];
  const padded = pads.some((pad) => pad > 0)
    ? l.once(`padded ${first} ${pads.join()}`, () => l.node('Pad', [first, l.ints(pads), l.scalar(0)]))
    : first;
  const extents = dy.shape.slice(1, -1);
  if (sizeOf(kernel) === 1 && strides.every((stride) => stride === 1)) return [padded];
  return Array.from({ length: sizeOf(kernel) }, (_, index) => {
    let rest = index;
    const begin = kernel
      .toReversed()
      .map((extent, axis) => {
        const position = rest % extent;
        rest = Math.floor(rest / extent);
        return position * dilations.at(-1 - axis)!;
      })
      .toReversed();
    const end = begin.map((from, axis) => from + strides[axis]! * (extents[axis]! - 1) + 1);
    const axes = kernel.map((_, axis) => axis + 2);
    return l.once(`shifted ${padded} ${begin.join()} ${end.join()} ${strides.join()}`, () =>
      l.slice(padded, { begin, end, axes, steps: strides }),
    );
  });
}

/** Below this many input channels one product with all shifts side by side is faster than one product per shift. */
const FEW_CHANNELS = 8;

/** One matrix product per position of the filter, batched; the result has the order of the filter. */
const filterGradient: LoweringRule = (l, { inputs: [x, dy], outputs: [out], attrs }) => {
  const [input, output] = out!.shape.slice(-2) as [number, number];
  const batch = dy!.shape[0]!;
  const positions = sizeOf(dy!.shape.slice(1, -1));
  const first = l.get(dy!, 'first');
  const errors = l.once(`rows ${first}`, () => l.reshape(first, [batch, output, positions]));
  const shifts = shiftedInputs(l, x!, dy!, attrs as WindowAttrs);
  const product = (name: string, rows: number): string => {
    const each = l.matMul(l.reshape(name, [batch, rows, positions]), errors, { ranks: [3, 3], transposeB: true });
    return batch === 1 ? l.reshape(each, [rows, output]) : l.node('ReduceSum', [each, l.ints([0])], { keepdims: 0 });
  };
  const join = (names: string[], axis: number): string =>
    names.length === 1 ? names[0]! : l.node('Concat', names, { axis });
  const gradient =
    input < FEW_CHANNELS
      ? product(join(shifts, 1), shifts.length * input)
      : join(
          shifts.map((name) => product(name, input)),
          0,
        );
  l.set(out!, 'last', l.reshape(gradient, out!.shape));
};

/** [kh, kw, channels, multiplier] to [channels * multiplier, 1, kh, kw]. */
function depthwiseFilter(l: Lowering, filter: Value): string {
  const [kh, kw, channels, multiplier] = filter.shape as [number, number, number, number];
  return l.reshape(l.transpose(l.get(filter), [2, 3, 0, 1]), [channels * multiplier, 1, kh, kw]);
}

const depthwise: LoweringRule = (l, { inputs: [x, filter], outputs: [out], attrs }) => {
  const group = x!.shape[3]!;
  const inputs = [l.get(x!, 'first'), depthwiseFilter(l, filter!)];
  write(l, out!, 'first', 'Conv', inputs, { ...windowAttrs(attrs as WindowAttrs), group });
};

const depthwiseInputGradient: LoweringRule = (l, { inputs: [dy, filter], outputs: [out], attrs }) => {
  const group = out!.shape[3]!;
  const inputs = [l.get(dy!, 'first'), depthwiseFilter(l, filter!)];
  const name = l.node('ConvTranspose', inputs, { ...transposedAttrs(attrs as WindowAttrs, dy!, out!), group });
  l.set(out!, 'first', name);
};

const depthwiseFilterGradient: LoweringRule = (l, node: GraphNode) => {
  const [x, dy] = node.inputs;
  const [kh, kw, channels, multiplier] = node.outputs[0]!.shape as [number, number, number, number];
  const [batch, ...extents] = dy!.shape.slice(0, -1) as [number, number, number];
  const errors = l.reshape(l.get(dy!, 'first'), [batch, channels, multiplier, sizeOf(extents)]);
  const parts = shiftedInputs(l, x!, dy!, node.attrs as WindowAttrs).map((name) => {
    const image = l.reshape(name, [batch, channels, 1, sizeOf(extents)]);
    return l.node('ReduceSum', [l.node('Mul', [image, errors]), l.ints([0, 3])], { keepdims: 0 });
  });
  const joined = parts.length === 1 ? parts[0]! : l.node('Concat', parts, { axis: 0 });
  l.set(node.outputs[0]!, 'last', l.reshape(joined, [kh, kw, channels, multiplier]));
};

/** How convolutions and their gradients are written in ONNX. */
export const CONVOLUTION_RULES: LoweringRules = {
  Conv: convolve,
  ConvInputGradient: inputGradient,
  ConvFilterGradient: filterGradient,
  DepthwiseConv: depthwise,
  DepthwiseConvInputGradient: depthwiseInputGradient,
  DepthwiseConvFilterGradient: depthwiseFilterGradient,
};
