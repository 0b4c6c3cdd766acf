import { ConfigurationError } from '../../../errors.ts';
import { openCompiled, type CompiledFunction } from '../compile.ts';
import type { ArraySpec, DType } from '../graph.ts';
import type { FullSpec } from '../lower/lower.ts';
import type { SessionOptions } from '../session.ts';
import { ONNX_OPSET, ONNX_TYPE } from './onnx-model.ts';
import { summariseOnnx, type DeclaredValue, type OnnxSummary } from './onnx-summary.ts';

export interface ForeignModelOptions extends SessionOptions {
  /** What the caller will feed and read, by the model's own names. Extents that the model leaves open are fixed here. */
  readonly inputs: Readonly<Record<string, ArraySpec>>;
  readonly outputs: Readonly<Record<string, ArraySpec>>;
  /** Largest file that is accepted, bytes. */
  readonly maximumBytes?: number;
}

const MAXIMUM_BYTES = 2 ** 31 - 1;
/** Newest operator set that the runtime implements. */
const NEWEST_OPSET = Math.max(ONNX_OPSET, 24);
const DOMAINS = new Set(['ai.onnx', 'ai.onnx.ml', 'com.microsoft']);

/**
 * Opens an ONNX model that was made elsewhere, by PyTorch for instance, as a function with declared inputs and outputs.
 * @throws {ConfigurationError} listing what is wrong with the file, or how it differs from what was declared.
 * @throws {FaultError} when the provider is not there.
 */
export async function importOnnx(
  bytes: Uint8Array<ArrayBuffer>,
  options: ForeignModelOptions,
): Promise<CompiledFunction> {
  const { maximumBytes = MAXIMUM_BYTES } = options;
  if (bytes.length > maximumBytes) throw refuse([`expected ${maximumBytes} bytes at most, found ${bytes.length}`]);
  let summary: OnnxSummary;
  try {
    summary = summariseOnnx(bytes);
  } catch (cause) {
    throw refuse([`it is not an ONNX model: ${cause instanceof RangeError ? cause.message : 'malformed text'}`], cause);
  }
  const problems = [
    ...contentProblems(summary),
    ...differences('input', summary.inputs, options.inputs),
    ...differences('output', summary.outputs, options.outputs),
  ];
  const missing = summary.inputs.filter(({ name }) => options.inputs[name] === undefined);
  problems.push(...missing.map(({ name }) => `its input ${name} is not declared`));
  if (problems.length > 0) throw refuse(problems);
  const operators = Object.fromEntries([...summary.operators].map((operator) => [operator, 1]));
  const model = {
    bytes,
    operators,
    inputs: full(options.inputs),
    outputs: full(options.outputs),
    outputName: (name: string) => name,
  };
  try {
    return await openCompiled(model, options);
  } catch (cause) {
    const reason = (cause as Error).cause instanceof Error ? ((cause as Error).cause as Error).message : '';
    const operator = /(?:for|Op|operator) ?\(?([A-Z][A-Za-z]+)/.exec(reason)?.[1];
    if (/provider|adapter|library/i.test(reason)) throw cause;
    throw refuse(
      [
        operator === undefined
          ? 'ONNX Runtime does not accept it'
          : `ONNX Runtime does not accept its operator ${operator}`,
      ],
      cause,
    );
  }
}

function refuse(problems: readonly string[], cause?: unknown): ConfigurationError {
  const error = new ConfigurationError('the ONNX model is not usable', problems);
  return cause === undefined ? error : Object.assign(error, { cause });
}

function full(specs: Readonly<Record<string, ArraySpec>>): Record<string, FullSpec> {
  return Object.fromEntries(
    Object.entries(specs).map(([name, { shape, dtype = 'float32' }]) => [name, { shape, dtype }]),
  );
}

function contentProblems({ operators, opsets, storesDataElsewhere, hasNonFiniteWeights }: OnnxSummary): string[] {
  const problems: string[] = [];
  for (const [domain, version] of opsets) {
    if (domain === 'ai.onnx' && version > NEWEST_OPSET)
      problems.push(`it needs operator set ${version}, the newest known is ${NEWEST_OPSET}`);
  }
  const foreign = [...operators].filter((operator) => !DOMAINS.has(operator.slice(0, operator.indexOf(':'))));
  if (foreign.length > 0) problems.push(`it uses operators of other libraries: ${foreign.slice(0, 5).join(', ')}`);
  if (storesDataElsewhere) problems.push('its weights are in other files; save it as one file');
  if (hasNonFiniteWeights) problems.push('its weights have elements that are not finite');
  return problems;
}

function differences(
  kind: string,
  declared: readonly DeclaredValue[],
  expected: Readonly<Record<string, ArraySpec>>,
): string[] {
  return Object.entries(expected).flatMap(([name, { shape, dtype = 'float32' }]) => {
    const value = declared.find((one) => one.name === name);
    if (value === undefined)
      return [`it has no ${kind} ${name}; its ${kind}s are ${declared.map((one) => one.name).join(', ')}`];
    const problems: string[] = [];
    if (value.type !== undefined && value.type !== ONNX_TYPE[dtype]) {
      problems.push(`its ${kind} ${name} should be ${dtype}, found ${typeName(value.type)}`);
    }
    const isFit =
      value.shape === undefined ||
      (value.shape.length === shape.length &&
        value.shape.every((extent, axis) => extent === undefined || extent === shape[axis]));
    if (!isFit)
      problems.push(
        `its ${kind} ${name} should be [${shape.join()}], found [${value.shape.map((extent) => extent ?? '?').join()}]`,
      );
    return problems;
  });
}

function typeName(type: number): string {
  const known = (Object.keys(ONNX_TYPE) as (DType | 'int64')[]).find((name) => ONNX_TYPE[name] === type);
  return known ?? `type ${type}`;
}
