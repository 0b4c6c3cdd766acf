import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { ConfigurationError } from '../../../src/errors.ts';
import { sizeOf } from '../../../src/ml/engine/graph.ts';
import { exportOnnx } from '../../../src/ml/engine/onnx/export-onnx.ts';
import { importOnnx, type ForeignModelOptions } from '../../../src/ml/engine/onnx/foreign-model.ts';
import { encodeOnnxModel, type OnnxGraph } from '../../../src/ml/engine/onnx/onnx-model.ts';
import { summariseOnnx } from '../../../src/ml/engine/onnx/onnx-summary.ts';
import { initialParameters, uNet } from '../../support/reference-networks.ts';
import { randomArray, relativeDifference } from '../../support/random-array.ts';

const network = uNet({ channels: 4, depth: 1, groups: 2 });
const weights = initialParameters(network);
const specs = {
  x: { shape: [1, 8, 8, 1] },
  ...Object.fromEntries(Object.entries(network.parameters).map(([name, shape]) => [name, { shape }])),
};
const exported = exportOnnx((all) => ({ y: network.forward(all, all) }), specs, { constants: weights });
const declared: ForeignModelOptions = {
  inputs: { x: { shape: [1, 8, 8, 1] } },
  outputs: { y: { shape: [1, 8, 8, 1] } },
};
const x = randomArray(64, 3);

async function eagerAnswer(): Promise<Float32Array> {
  await tf.setBackend('cpu');
  return tf.tidy(() => {
    const tensors = Object.fromEntries(
      Object.entries(network.parameters).map(([name, shape]) => [name, tf.tensor(weights[name]!, [...shape])]),
    );
    return network.forward(tensors, { x: tf.tensor(x, [1, 8, 8, 1]) }).dataSync<'float32'>();
  });
}

/** y = x * w + x with an open batch, as PyTorch would export it. */
const foreign = (change: Partial<OnnxGraph> = {}): Uint8Array<ArrayBuffer> =>
  encodeOnnxModel({
    inputs: [{ name: 'x', dtype: 'float32', shape: [2, 3] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: [2, 3] }],
    initializers: [{ name: 'w', dtype: 'float32', shape: [3], data: new Uint8Array(Float32Array.of(1, 2, 3).buffer) }],
    nodes: [
      { op: 'Mul', inputs: ['x', 'w'], outputs: ['m'], attrs: {}, domain: '' },
      { op: 'Add', inputs: ['m', 'x'], outputs: ['y'], attrs: {}, domain: '' },
    ],
    ...change,
  });
const line: ForeignModelOptions = { inputs: { x: { shape: [2, 3] } }, outputs: { y: { shape: [2, 3] } } };

/** What `run` throws, if anything. */
function faultOf(run: () => void): unknown {
  try {
    run();
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('an exported network', () => {
  test('runs in another runtime by the names it was written with', async () => {
    const session = await InferenceSession.create(exported);
    expect([session.inputNames, session.outputNames]).toEqual([['x'], ['y']]);
    const { y } = await session.run({ x: new Tensor('float32', x, [1, 8, 8, 1]) });
    expect(relativeDifference(y!.data as Float32Array, await eagerAnswer())).toBeLessThan(2e-5);
    await session.release();
  });

  test('uses operators of the standard alone', () => {
    const { operators, opsets } = summariseOnnx(exported);
    expect([...operators].filter((operator) => !operator.startsWith('ai.onnx:'))).toEqual([]);
    expect(opsets.get('ai.onnx')).toBe(20);
  });

  test('cannot have one name for an input and an output', () => {
    expect(() => exportOnnx(({ x: input }) => ({ x: tf.neg(input!) }), { x: { shape: [2] } })).toThrow(
      'x is an input and an output',
    );
  });
});

describe('an imported model', () => {
  test('answers by its declared inputs and outputs', async () => {
    const model = await importOnnx(exported, declared);
    const { y } = await model.run({ x });
    expect(relativeDifference(y!, await eagerAnswer())).toBeLessThan(2e-5);
    await model.dispose();
  });

  test.each<[string, Uint8Array<ArrayBuffer>, ForeignModelOptions, RegExp]>([
    ['is not ONNX', new TextEncoder().encode('PK not a model'), line, /it is not an ONNX model/],
    ['is empty', new Uint8Array(0), line, /it holds no graph/],
    ['is larger than allowed', foreign(), { ...line, maximumBytes: 10 }, /expected 10 bytes at most/],
    [
      'lacks an output',
      foreign(),
      { ...line, outputs: { z: { shape: [2, 3] } } },
      /it has no output z; its outputs are y/,
    ],
    ['has an input that is not declared', foreign(), { ...line, inputs: {} }, /its input x is not declared/],
    [
      'has another shape',
      foreign(),
      { ...line, inputs: { x: { shape: [2, 4] } } },
      /its input x should be \[2,4\], found \[2,3\]/,
    ],
    [
      'has another type',
      foreign(),
      { ...line, outputs: { y: { shape: [2, 3], dtype: 'int32' } } },
      /its output y should be int32, found float32/,
    ],
    [
      'uses operators of others',
      foreign({ nodes: [{ op: 'Magic', inputs: ['x'], outputs: ['y'], attrs: {}, domain: 'acme' }] }),
      line,
      /operators of other libraries: acme:Magic/,
    ],
    [
      'uses an operator that does not exist',
      foreign({ nodes: [{ op: 'Magic', inputs: ['x'], outputs: ['y'], attrs: {}, domain: '' }] }),
      line,
      /ONNX Runtime does not accept its operator Magic/,
    ],
    [
      'has weights that are no numbers',
      foreign({
        initializers: [
          { name: 'w', dtype: 'float32', shape: [3], data: new Uint8Array(Float32Array.of(1, NaN, 3).buffer) },
        ],
      }),
      line,
      /its weights have elements that are not finite/,
    ],
    [
      'lies about the size of its weights',
      foreign({ initializers: [{ name: 'w', dtype: 'float32', shape: [3_000_000], data: new Uint8Array(12) }] }),
      line,
      /ONNX Runtime does not accept it/,
    ],
  ])('is refused when it %s', async (_, bytes, options, message) => {
    await expect(importOnnx(bytes, options)).rejects.toThrow(message);
    await expect(importOnnx(bytes, options)).rejects.toBeInstanceOf(ConfigurationError);
  });

  test('is read or refused, whatever is changed or cut', () => {
    const whole = foreign();
    fc.assert(
      fc.property(
        fc.nat(whole.length),
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 4 }),
        (length, changes) => {
          const bytes = whole.slice();
          for (const [at, byte] of changes) bytes[at] = byte;
          const fault = faultOf(() => void summariseOnnx(bytes.subarray(0, length)));
          // Malformed messages and malformed text.
          expect(fault === undefined || fault instanceof RangeError || fault instanceof TypeError).toBe(true);
        },
      ),
      { numRuns: 500, seed: 20260104 },
    );
  });

  test('that answers in another shape than it declared is an error, not an answer', async () => {
    const open = foreign({
      outputs: [{ name: 'y', dtype: 'float32', shape: [] }],
      nodes: [{ op: 'ReduceSum', inputs: ['x'], outputs: ['y'], attrs: { keepdims: 0 }, domain: '' }],
    });
    const model = await importOnnx(open, { ...line, outputs: { y: { shape: [] } } });
    expect([...(await model.run({ x: randomArray(sizeOf([2, 3]), 1).fill(1) }))['y']!]).toEqual([6]);
    await model.dispose();
  });
});
