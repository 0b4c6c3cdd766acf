import { sizeOf } from '../graph.ts';
import { ONNX_TYPE } from '../onnx/onnx-model.ts';
import type { AxisAttrs, PadAttrs, SliceAttrs, SplitAttrs, StridedSliceAttrs } from '../trace/shape-kernels.ts';
import { axisIn, inLayout } from './layout.ts';
import type { LoweringRule, LoweringRules } from './lowering.ts';

/** `Slice` takes an end far below zero as "to the first element, inclusive" for negative steps. */
const BEFORE_FIRST = -(2 ** 31);

const reshape: LoweringRule = (l, { inputs: [x], outputs: [out] }) => {
  const { shape } = x!;
  const isImages = shape.length === 4 || shape.length === 5;
  // Channels-first elements are in the same order where only channels or only positions vary.
  const isOneLine = isImages && (sizeOf(shape.slice(1, -1)) === 1 || shape.at(-1) === 1);
  const name = isOneLine && l.has(x!, 'first') ? l.get(x!, 'first') : l.get(x!);
  l.set(out!, 'last', l.reshape(name, out!.shape));
};

const transpose: LoweringRule = (l, { inputs: [x], outputs: [out], attrs }) => {
  l.set(out!, 'last', l.transpose(l.get(x!), (attrs as { perm: number[] }).perm));
};

const broadcast: LoweringRule = (l, { inputs: [x], outputs: [out] }) => {
  const layout = x!.shape.length === out!.shape.length ? l.preferred([x!]) : 'last';
  l.set(out!, layout, l.node('Expand', [l.get(x!, layout), l.ints(inLayout(layout, out!.shape))]));
};

const tile: LoweringRule = (l, { inputs: [x], outputs: [out], attrs }) => {
  const layout = l.preferred([x!]);
  l.set(
    out!,
    layout,
    l.node('Tile', [l.get(x!, layout), l.ints(inLayout(layout, (attrs as { reps: number[] }).reps))]),
  );
};

const slice: LoweringRule = (l, { inputs: [x], outputs: [out], attrs }) => {
  const { begin } = attrs as SliceAttrs;
  const rank = x!.shape.length;
  const cut = x!.shape.flatMap((extent, axis) => (out!.shape[axis] === extent ? [] : [axis]));
  const isOfBlocks = l.canBlock(x!) && l.canBlock(out!) && begin[3]! % l.options.block === 0 && cut.join() === '3';
  const layout = l.preferred([x!], isOfBlocks);
  const ranges = {
    begin: cut.map((axis) => begin[axis]!),
    end: cut.map((axis) => begin[axis]! + out!.shape[axis]!),
    axes: cut.map((axis) => axisIn(layout, axis, rank)),
  };
  l.set(out!, layout, l.slice(l.get(x!, layout), ranges));
};

const stridedSlice: LoweringRule = (l, { inputs: [x], outputs: [out], attrs }) => {
  const { begin, end, strides } = attrs as StridedSliceAttrs;
  const ends = end.map((position, axis) => (strides[axis]! < 0 && position < 0 ? BEFORE_FIRST : position));
  l.set(out!, 'last', l.slice(l.get(x!), { begin, end: ends, axes: begin.map((_, axis) => axis), steps: strides }));
};

const reverse: LoweringRule = (l, { inputs: [x], outputs: [out], attrs }) => {
  const layout = l.preferred([x!]);
  const axes = (attrs as { axes: number[] }).axes.map((axis) => axisIn(layout, axis, x!.shape.length));
  const all = (value: number): number[] => axes.map(() => value);
  l.set(out!, layout, l.slice(l.get(x!, layout), { begin: all(-1), end: all(BEFORE_FIRST), axes, steps: all(-1) }));
};

const concat: LoweringRule = (l, { inputs, outputs: [out], attrs }) => {
  const { axis } = attrs as AxisAttrs;
  const rank = out!.shape.length;
  const mayBlock = axis === rank - 1 || axis === 0;
  const layout = l.preferred(inputs, mayBlock);
  const names = inputs.filter(({ shape }) => sizeOf(shape) > 0).map((value) => l.get(value, layout));
  l.set(out!, layout, l.node('Concat', names, { axis: axisIn(layout, axis, rank) }));
};

const split: LoweringRule = (l, { inputs: [x], outputs, attrs }) => {
  const { axis, sizes } = attrs as SplitAttrs;
  const rank = x!.shape.length;
  const layout = l.preferred([x!], axis === rank - 1 && outputs.every((part) => l.canBlock(part)));
  const position = axisIn(layout, axis, rank);
  const names = l.nodes('Split', [l.get(x!, layout), l.ints(sizes)], { axis: position }, sizes.length);
  for (const [index, part] of outputs.entries()) l.set(part, layout, names[index]!);
};

const unpack: LoweringRule = (l, { inputs: [x], outputs, attrs }) => {
  const { axis } = attrs as AxisAttrs;
  const count = outputs.length;
  const names =
    count === 1 ? [l.get(x!)] : l.nodes('Split', [l.get(x!), l.ints(outputs.map(() => 1))], { axis }, count);
  for (const [index, part] of outputs.entries()) l.set(part, 'last', l.reshape(names[index]!, part.shape));
};

const pad: LoweringRule = (l, { op, inputs: [x], outputs: [out], attrs }) => {
  const { paddings, constantValue = 0, mode } = attrs as PadAttrs;
  const layout = l.preferred([x!]);
  const ordered = inLayout(layout, paddings);
  const pads = l.ints([...ordered.map(([before]) => before), ...ordered.map(([, after]) => after)]);
  if (op === 'PadV2') {
    return l.set(out!, layout, l.node('Pad', [l.get(x!, layout), pads, l.scalar(constantValue, x!.dtype)]));
  }
  if (mode === 'symmetric') return l.set(out!, 'last', symmetricPad(l.get(x!), x!.shape, paddings));
  return l.set(out!, layout, l.node('Pad', [l.get(x!, layout), pads], { mode: 'reflect' }));

  /** Gathers along each padded axis, because ONNX mirrors without the edge alone. */
  function symmetricPad(name: string, shape: readonly number[], amounts: PadAttrs['paddings']): string {
    return amounts.reduce((padded, [before, after], axis) => {
      if (before === 0 && after === 0) return padded;
      const extent = shape[axis]!;
      const from = Array.from({ length: before + extent + after }, (_, index) => {
        const position = index - before;
        return position < 0 ? -1 - position : position >= extent ? 2 * extent - 1 - position : position;
      });
      return l.node('Gather', [padded, l.ints(from)], { axis });
    }, name);
  }
};

const gather: LoweringRule = (l, { inputs, outputs: [out], attrs }) => {
  l.set(
    out!,
    'last',
    l.node(
      'Gather',
      inputs.map((value) => l.get(value)),
      { axis: (attrs as AxisAttrs).axis },
    ),
  );
};

const gatherNd: LoweringRule = (l, { inputs: [params, indices], outputs: [out] }) => {
  const wide = l.node('Cast', [l.get(indices!)], { to: ONNX_TYPE.int64 });
  l.set(out!, 'last', l.node('GatherND', [l.get(params!), wide]));
};

/** The gradient of gather. */
const segmentSum: LoweringRule = (l, { inputs: [x, ids], outputs: [out] }) => {
  const zeros = l.node('Expand', [l.scalar(0, out!.dtype), l.ints(out!.shape)]);
  const rows = l.reshape(l.node('Cast', [l.get(ids!)], { to: ONNX_TYPE.int64 }), [x!.shape[0]!, 1]);
  l.set(out!, 'last', l.node('ScatterND', [zeros, rows, l.get(x!)], { reduction: 'add' }));
};

const oneHot: LoweringRule = (l, { inputs: [x], outputs: [out], attrs }) => {
  const { depth, onValue, offValue } = attrs as { depth: number; onValue: number; offValue: number };
  const classes = l.node('Cast', [l.get(x!)], { to: ONNX_TYPE.int64 });
  // ONNX Runtime has no int32 form.
  const hot = l.node('OneHot', [classes, l.ints([depth]), l.floats([offValue, onValue])], { axis: -1 });
  l.set(out!, 'last', out!.dtype === 'float32' ? hot : l.node('Cast', [hot], { to: ONNX_TYPE[out!.dtype] }));
};

/** How kernels that move elements are written in ONNX. */
export const SHAPE_RULES: LoweringRules = {
  Reshape: reshape,
  Transpose: transpose,
  BroadcastTo: broadcast,
  Tile: tile,
  Slice: slice,
  StridedSlice: stridedSlice,
  Reverse: reverse,
  Concat: concat,
  SplitV: split,
  Unpack: unpack,
  PadV2: pad,
  MirrorPad: pad,
  GatherV2: gather,
  GatherNd: gatherNd,
  UnsortedSegmentSum: segmentSum,
  OneHot: oneHot,
};
