/** What the engine computes with: no 64-bit floats, because neither TensorFlow.js nor a GPU has them. */
export type DType = 'float32' | 'int32' | 'bool';
export type TypedArray = Float32Array | Int32Array | Uint8Array;

/** Shape and type of an array, row-major. `dtype` is `float32` where it is left out. */
export interface ArraySpec {
  readonly shape: readonly number[];
  readonly dtype?: DType;
}

/** One array of a traced computation. */
export interface Value {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: DType;
  /** Absent for inputs and constants. */
  node?: GraphNode;
  /** Name of the graph input that this is. */
  readonly input?: string;
  /** Elements of a constant; of one whose elements are all equal only `uniform` is kept. */
  readonly data?: TypedArray;
  readonly uniform?: number;
}

/** One operation. Axis order is that of TensorFlow.js (channels last); attributes are those of the op's tracing kernel. */
export interface GraphNode {
  readonly op: string;
  inputs: Value[];
  readonly attrs: object;
  readonly outputs: Value[];
}

export interface Graph {
  readonly inputs: ReadonlyMap<string, Value>;
  readonly outputs: ReadonlyMap<string, Value>;
  nodes: GraphNode[];
}

let nextId = 0;

/** A value of a graph with a fresh identity. */
export function createValue(
  shape: readonly number[],
  dtype: DType,
  more: Omit<Value, 'id' | 'shape' | 'dtype'> = {},
): Value {
  return { id: nextId++, shape: [...shape], dtype, ...more };
}

/** Number of elements of an array of this shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** Whether two shapes are equal, rank included. */
export function isSameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}
