import { FaultError } from '../../../errors.ts';
import { compiledGraph, type CompileOptions } from '../compile.ts';
import type { ArraySpec } from '../graph.ts';
import { lower } from '../lower/lower.ts';
import type { TensorFunction } from '../trace/trace.ts';

/**
 * A function with its weights as one ONNX file of standard operators (opset 20), for any runtime. Inputs and outputs
 * keep their names, shapes and axis order (channels last).
 * @throws {FaultError} when the function cannot be compiled, or an input and an output have one name.
 */
export function exportOnnx(
  fn: TensorFunction,
  inputs: Readonly<Record<string, ArraySpec>>,
  { constants }: Pick<CompileOptions, 'constants'> = {},
): Uint8Array<ArrayBuffer> {
  const graph = compiledGraph(fn, inputs, constants);
  for (const name of graph.outputs.keys()) {
    if (graph.inputs.has(name)) throw new FaultError(`${name} is an input and an output; in ONNX names are unique`);
  }
  return lower(graph, { isPortable: true, block: 0, outputName: (name) => name }).bytes;
}
