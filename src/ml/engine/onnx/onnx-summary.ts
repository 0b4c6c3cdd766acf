import { readProtobuf } from './protobuf-reader.ts';

/** What a model declares of an input or output; an extent is a number where it is fixed. */
export interface DeclaredValue {
  readonly name: string;
  /** `TensorProto.DataType`. */
  readonly type: number | undefined;
  readonly shape: readonly (number | undefined)[] | undefined;
}

export interface OnnxSummary {
  /** Inputs that must be fed: those with a stored value are left out. */
  readonly inputs: readonly DeclaredValue[];
  readonly outputs: readonly DeclaredValue[];
  /** `domain:operator`, `ai.onnx` for the standard, subgraphs included. */
  readonly operators: ReadonlySet<string>;
  readonly opsets: ReadonlyMap<string, number>;
  readonly storesDataElsewhere: boolean;
  readonly hasNonFiniteWeights: boolean;
}

interface Found {
  readonly inputs: DeclaredValue[];
  readonly outputs: DeclaredValue[];
  readonly operators: Set<string>;
  readonly initializers: Set<string>;
  storesDataElsewhere: boolean;
  hasNonFiniteWeights: boolean;
}

const MAXIMUM_DEPTH = 8;
const TENSOR_FLOAT = 1;
const text = new TextDecoder('utf-8', { fatal: true });
const standard = (domain: string): string => (domain === '' ? 'ai.onnx' : domain);
const asBytes = (value: number | Uint8Array): Uint8Array => {
  if (typeof value === 'number') throw new RangeError('a message was expected, found a number');
  return value;
};
const asText = (value: number | Uint8Array): string => text.decode(asBytes(value));

/**
 * Reads from an ONNX `ModelProto` (onnx.proto3) what must be known before it is given to a runtime.
 * @throws {RangeError} when the bytes are not such a message.
 */
export function summariseOnnx(bytes: Uint8Array): OnnxSummary {
  const found: Found = {
    inputs: [], outputs: [], operators: new Set(), initializers: new Set(),
    storesDataElsewhere: false, hasNonFiniteWeights: false,
  }; // prettier-ignore
  const opsets = new Map<string, number>();
  let hasGraph = false;
  for (const { field, value } of readProtobuf(bytes)) {
    if (field === 7) {
      hasGraph = true;
      readGraph(asBytes(value), found, 0);
    } else if (field === 8) readOpset(asBytes(value), opsets);
  }
  if (!hasGraph) throw new RangeError('it holds no graph');
  const inputs = found.inputs.filter(({ name }) => !found.initializers.has(name));
  return { ...found, inputs, opsets };
}

function readOpset(bytes: Uint8Array, opsets: Map<string, number>): void {
  let domain = '';
  let version = 0;
  for (const { field, value } of readProtobuf(bytes)) {
    if (field === 1) domain = asText(value);
    if (field === 2 && typeof value === 'number') version = value;
  }
  opsets.set(standard(domain), version);
}

function readGraph(bytes: Uint8Array, found: Found, depth: number): void {
  if (depth > MAXIMUM_DEPTH) throw new RangeError(`graphs are nested more than ${MAXIMUM_DEPTH} deep`);
  for (const { field, value } of readProtobuf(bytes)) {
    if (field === 1) readNode(asBytes(value), found, depth);
    else if (field === 5) readTensor(asBytes(value), found);
    else if (field === 11 && depth === 0) found.inputs.push(readValueInfo(asBytes(value)));
    else if (field === 12 && depth === 0) found.outputs.push(readValueInfo(asBytes(value)));
  }
}

function readNode(bytes: Uint8Array, found: Found, depth: number): void {
  let [operator, domain] = ['', ''];
  for (const { field, value } of readProtobuf(bytes)) {
    if (field === 4) operator = asText(value);
    else if (field === 7) domain = asText(value);
    else if (field === 5) {
      for (const attribute of readProtobuf(asBytes(value))) {
        if (attribute.field === 5) readTensor(asBytes(attribute.value), found);
        else if (attribute.field === 6 || attribute.field === 11) readGraph(asBytes(attribute.value), found, depth + 1);
      }
    }
  }
  found.operators.add(`${standard(domain)}:${operator}`);
}

function readTensor(bytes: Uint8Array, found: Found): void {
  let type = 0;
  const floats: Uint8Array[] = [];
  for (const { field, value } of readProtobuf(bytes)) {
    if (field === 8) found.initializers.add(asText(value));
    else if (field === 2 && typeof value === 'number') type = value;
    else if (field === 4 || field === 9) floats.push(asBytes(value));
    else if (field === 13 || (field === 14 && value !== 0)) found.storesDataElsewhere = true;
  }
  if (type === TENSOR_FLOAT && floats.some(hasNonFinite)) found.hasNonFiniteWeights = true;
}

function hasNonFinite(bytes: Uint8Array): boolean {
  const whole = bytes.slice(0, bytes.length - (bytes.length % 4));
  return !new Float32Array(whole.buffer).every(Number.isFinite);
}

function readValueInfo(bytes: Uint8Array): DeclaredValue {
  let name = '';
  let type: number | undefined;
  let shape: (number | undefined)[] | undefined;
  for (const { field, value } of readProtobuf(bytes)) {
    if (field === 1) name = asText(value);
    if (field !== 2) continue;
    for (const kind of readProtobuf(asBytes(value))) {
      if (kind.field !== 1) continue;
      for (const tensor of readProtobuf(asBytes(kind.value))) {
        if (tensor.field === 1 && typeof tensor.value === 'number') type = tensor.value;
        if (tensor.field === 2) shape = readShape(asBytes(tensor.value));
      }
    }
  }
  return { name, type, shape };
}

function readShape(bytes: Uint8Array): (number | undefined)[] {
  return [...readProtobuf(bytes)].map(({ value }) => {
    const extent = [...readProtobuf(asBytes(value))].find(({ field }) => field === 1)?.value;
    return typeof extent === 'number' ? extent : undefined;
  });
}
