import { isSameShape, sizeOf, type Graph, type GraphNode, type Value } from '../graph.ts';
import type { OnnxAttribute, OnnxDType, OnnxGraph } from '../onnx/onnx-model.ts';
import { inLayout, toChannelsFirst, toChannelsLast, type Layout } from './layout.ts';

/** What may be assumed of the runtime that a graph is written for. */
export interface LoweringOptions {
  /** Only operators of the ONNX standard, for any runtime; otherwise also those of ONNX Runtime. */
  readonly isPortable: boolean;
  /** Channel block of the CPU's blocked convolution; 0 where it is not to be used. */
  readonly block: number;
}

export type LoweringRule = (lowering: Lowering, node: GraphNode) => void;
export type LoweringRules = Readonly<Record<string, LoweringRule>>;

const MICROSOFT = 'com.microsoft';
const NCHWC = 'com.microsoft.nchwc';

/**
 * The ONNX graph while it is written. Each image batch may exist in several layouts; a conversion is inserted where it
 * is first needed, once, so that a convolutional network has them at its edges alone.
 */
export class Lowering {
  readonly onnx: OnnxGraph = { nodes: [], inputs: [], outputs: [], initializers: [] };
  readonly options: LoweringOptions;
  /** Nodes that were written together with another. */
  readonly done = new Set<GraphNode>();
  readonly #names = new Map<Value, Partial<Record<Layout, string>>>();
  readonly #memo = new Map<string, string>();
  readonly #users = new Map<Value, GraphNode[]>();
  readonly #outputs: ReadonlySet<Value>;
  #counter = 0;

  constructor(graph: Graph, options: LoweringOptions) {
    this.options = options;
    this.#outputs = new Set(graph.outputs.values());
    for (const node of graph.nodes) {
      for (const value of node.inputs) {
        const users = this.#users.get(value);
        if (users === undefined) this.#users.set(value, [node]);
        else users.push(node);
      }
    }
  }

  nodes(op: string, inputs: string[], attrs: Record<string, OnnxAttribute>, count: number, domain = ''): string[] {
    const outputs = Array.from({ length: count }, () => `#${this.#counter++}`);
    this.onnx.nodes.push({ op, inputs, outputs, attrs, domain });
    return outputs;
  }
  node(op: string, inputs: string[], attrs: Record<string, OnnxAttribute> = {}, domain = ''): string {
    return this.nodes(op, inputs, attrs, 1, domain)[0]!;
  }
  /** The same text for the same key: what is asked for twice is written once. */
  once(key: string, make: () => string): string {
    const known = this.#memo.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.#memo.set(key, made);
    return made;
  }
  initializer(dtype: OnnxDType, shape: readonly number[], data: ArrayBufferView): string {
    const name = `#${this.#counter++}`;
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.onnx.initializers.push({ name, dtype, shape, data: bytes });
    return name;
  }
  ints(values: readonly number[]): string {
    return this.once(`ints ${values.join()}`, () =>
      this.initializer('int64', [values.length], BigInt64Array.from(values, BigInt)),
    );
  }
  floats(values: readonly number[]): string {
    return this.once(`floats ${values.join()}`, () =>
      this.initializer('float32', [values.length], Float32Array.from(values)),
    );
  }
  scalar(value: number, dtype: OnnxDType = 'float32', shape: readonly number[] = []): string {
    const sign = Object.is(value, -0) ? '-' : '';
    return this.once(`scalar ${sign}${value} ${dtype} ${shape.join()}`, () => {
      const array = dtype === 'float32' ? Float32Array : dtype === 'bool' ? Uint8Array : Int32Array;
      return this.initializer(dtype, shape, array.of(value));
    });
  }
  reshape(x: string, shape: readonly number[]): string {
    return this.node('Reshape', [x, this.ints(shape)]);
  }
  transpose(x: string, perm: readonly number[]): string {
    return this.once(`transpose ${x} ${perm.join()}`, () => this.node('Transpose', [x], { perm }));
  }
  slice(
    x: string,
    ranges: { begin: readonly number[]; end: readonly number[]; axes: readonly number[]; steps?: readonly number[] },
  ): string {
    const { begin, end, axes, steps } = ranges;
    const bounds = [
      this.ints(begin),
      this.ints(end),
      this.ints(axes),
      ...(steps === undefined ? [] : [this.ints(steps)]),
    ];
    return this.node('Slice', [x, ...bounds]);
  }
  /** Matrix product with either operand transposed and the result scaled. */
  matMul(
    a: string,
    b: string,
    form: { ranks: readonly [number, number]; transposeA?: boolean; transposeB?: boolean; alpha?: number },
  ): string {
    const { transposeA = false, transposeB = false, alpha = 1, ranks } = form;
    if (!this.options.isPortable && (transposeA || transposeB || alpha !== 1)) {
      const attrs = { transA: Number(transposeA), transB: Number(transposeB), alpha: { float: alpha } };
      return this.node('FusedMatMul', [a, b], attrs, MICROSOFT);
    }
    const swapped = (x: string, rank: number): string =>
      this.transpose(x, [...Array.from({ length: rank - 2 }, (_, axis) => axis), rank - 1, rank - 2]);
    const product = this.node('MatMul', [transposeA ? swapped(a, ranks[0]) : a, transposeB ? swapped(b, ranks[1]) : b]);
    return alpha === 1 ? product : this.node('Mul', [product, this.scalar(alpha)]);
  }

  /** The operations that read a value, and whether it is a result of the whole graph too. */
  usersOf(value: Value): readonly GraphNode[] {
    return this.#users.get(value) ?? [];
  }
  isOutput(value: Value): boolean {
    return this.#outputs.has(value);
  }

  set(value: Value, layout: Layout, name: string): void {
    this.#names.set(value, { ...this.#names.get(value), [layout]: name });
  }
  has(value: Value, layout: Layout): boolean {
    return this.#names.get(value)?.[layout] !== undefined;
  }
  /** Whether the value is written already, or can be written without its node. */
  isAvailable(value: Value): boolean {
    return this.#names.has(value) || value.uniform !== undefined || value.data !== undefined;
  }
  /** Name of the value in a layout, converted on first demand. */
  get(value: Value, layout: Layout = 'last'): string {
    const known = this.#names.get(value) ?? {};
    const name = known[layout];
    if (name !== undefined) return name;
    const made = this.#make(value, layout, known);
    this.set(value, layout, made);
    return made;
  }
  #make(value: Value, layout: Layout, known: Partial<Record<Layout, string>>): string {
    const { shape, dtype, uniform, data } = value;
    const first = inLayout('first', shape);
    // Equal elements are in order in every layout.
    if (uniform !== undefined) {
      const target = layout === 'last' ? shape : first;
      return sizeOf(shape) === 1
        ? this.scalar(uniform, dtype, target)
        : this.node('Expand', [this.scalar(uniform, dtype), this.ints(target)]);
    }
    if (layout === 'blocked') return this.node('ReorderInput', [this.get(value, 'first')], { channels_last: 0 }, NCHWC);
    if (known.blocked !== undefined && layout === 'first') {
      return this.node('ReorderOutput', [known.blocked], { channels: first[1]!, channels_last: 0 }, NCHWC);
    }
    const isOneLine = shape.at(-1) === 1 || sizeOf(shape.slice(1, -1)) === 1;
    if (layout === 'first') {
      const last = this.get(value, 'last');
      return isOneLine ? this.reshape(last, first) : this.transpose(last, toChannelsFirst(shape.length));
    }
    if (known.first !== undefined || known.blocked !== undefined) {
      const name = this.get(value, 'first');
      return isOneLine ? this.reshape(name, shape) : this.transpose(name, toChannelsLast(shape.length));
    }
    if (data !== undefined) return this.initializer(dtype, shape, data);
    throw new Error(`the result of ${value.node?.op ?? 'an input'} was asked for before it was written`);
  }

  /** Whether a batch of images may be kept in the blocked layout, which only real numbers have. */
  canBlock({ shape, dtype }: Value): boolean {
    return this.options.block > 0 && dtype === 'float32' && shape.length === 4 && shape[3]! % this.options.block === 0;
  }
  /** Whether the value is needed channels-first anyway: rows of one channel each are summed several times faster. */
  willBeFirst(value: Value): boolean {
    return this.has(value, 'first') || this.usersOf(value).some(({ op }) => op === 'ConvFilterGradient');
  }
  /** The layout in which an op that does not care should run, so that no conversion is needed. */
  preferred(values: readonly Value[], mayBlock = false): Layout {
    const images = values.filter(({ shape }) => shape.length === 4 || shape.length === 5);
    if (
      mayBlock &&
      images.some((value) => this.has(value, 'blocked')) &&
      images.every((value) => this.canBlock(value))
    ) {
      return 'blocked';
    }
    return images.some((value) => this.has(value, 'first') || this.has(value, 'blocked')) ? 'first' : 'last';
  }
  /** An operand of a broadcasting op whose result has shape `out`; a constant may stay a scalar where another is full. */
  operand(value: Value, out: readonly number[], layout: Layout, mayStayScalar: boolean): string {
    const isSingle = sizeOf(value.shape) === 1;
    if (value.uniform !== undefined && (mayStayScalar || isSingle)) return this.scalar(value.uniform, value.dtype);
    if (layout === 'last' || (isSingle && value.shape.length <= out.length)) return this.get(value, 'last');
    if (value.shape.length === out.length) return this.get(value, layout);
    const aligned = [...Array.from({ length: out.length - value.shape.length }, () => 1), ...value.shape];
    const name = this.get(value, 'last');
    return this.once(`aligned ${name} ${out.length}`, () =>
      this.transpose(this.reshape(name, aligned), toChannelsFirst(out.length)),
    );
  }
  /** Whether an operand is as large as the result and not a constant, so that others may broadcast against it. */
  isFull(value: Value, out: readonly number[]): boolean {
    return isSameShape(value.shape, out) && value.uniform === undefined;
  }
}
