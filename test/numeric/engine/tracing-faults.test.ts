import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { FaultError } from '../../../src/errors.ts';
import { compile, type CompileOptions } from '../../../src/ml/engine/compile.ts';
import type { ArraySpec } from '../../../src/ml/engine/graph.ts';
import type { TensorFunction } from '../../../src/ml/engine/trace/trace.ts';

const X: Readonly<Record<string, ArraySpec>> = { x: { shape: [2, 3] } };

describe('a function that cannot be compiled', () => {
  test.each<[string, TensorFunction, Readonly<Record<string, ArraySpec>>, CompileOptions, RegExp]>([
    [
      'uses an op without a compiled form, named with its place',
      ({ x }) => ({ y: tf.topk(x!, 2).values }),
      X,
      {},
      /^cannot compile: the op TopK has no compiled form \(at tracing-faults\.test\.ts:\d+:\d+\)$/,
    ],
    [
      'reads the elements of an input',
      ({ x }) => ({ y: tf.mul(x!, x!.dataSync()[0]!) }),
      X,
      {},
      /reads the elements of a tensor.*\(at tracing-faults\.test\.ts:\d+:\d+\)/,
    ],
    [
      'draws random numbers',
      ({ x }) => ({ y: tf.add(x!, tf.randomNormal([2, 3])) }),
      X,
      {},
      /random numbers drawn while tracing.*make them an input/,
    ],
    ['uses dropout', ({ x }) => ({ y: tf.dropout(x!, 0.5) }), X, {}, /random numbers drawn while tracing/],
    [
      'makes a large array of its own',
      ({ x }) => ({ y: tf.sum(tf.add(tf.linspace(0, 1, 70_000), tf.sum(x!))) }),
      X,
      {},
      /LinSpace has no compiled form|makes an array \[70000\] of its own/,
    ],
    [
      'multiplies shapes that do not fit',
      ({ x }) => ({ y: tf.matMul(x!, x!) }),
      X,
      {},
      /matMul of \[2,3\] and \[2,3\]: inner extents 3 and 2 differ \(at tracing-faults\.test\.ts:\d+:\d+\)/,
    ],
    [
      'reshapes to another size',
      ({ x }) => ({ y: tf.reshape(x!, [5]) }),
      X,
      {},
      /Size\(6\) must match the product of shape 5/,
    ],
    [
      'joins shapes that do not fit',
      ({ x }) => ({ y: tf.concat([x!, tf.neg(tf.transpose(x!))], 0) }),
      X,
      {},
      /concat.*\(at tracing-faults\.test\.ts:\d+:\d+\)/i,
    ],
    ['has no output', () => ({}), X, {}, /the function has no output/],
    ['returns a number', () => ({ y: 3 as unknown as tf.Tensor }), X, {}, /output y is not a tensor/],
    [
      'has an open extent',
      ({ x }) => ({ y: x! }),
      { x: { shape: [-1, 3] } },
      {},
      /input x: every extent must be a positive integer, found \[-1,3\]/,
    ],
    [
      'has weights that are not numbers',
      ({ x }) => ({ y: x! }),
      X,
      { constants: { x: new Float32Array(6).fill(NaN) } },
      /constant x has elements that are not finite/,
    ],
    [
      'has weights of another size',
      ({ x }) => ({ y: x! }),
      X,
      { constants: { x: new Float32Array(5) } },
      /constant x must be Float32Array of 6 elements \[2,3\], found Float32Array of 5/,
    ],
    [
      'runs on an unknown provider',
      ({ x }) => ({ y: tf.neg(x!) }),
      X,
      { provider: 'tpu' as 'cpu' },
      /there is no provider tpu; expected one of cpu, webgpu/,
    ],
    [
      'runs on a provider that is not installed',
      ({ x }) => ({ y: tf.neg(x!) }),
      X,
      { provider: 'tensorrt' },
      /provider tensorrt|on tensorrt/,
    ],
  ])('is refused when it %s', async (_, fn, inputs, options, message) => {
    await expect(compile(fn, inputs, options)).rejects.toThrow(message);
    await expect(compile(fn, inputs, options)).rejects.toBeInstanceOf(FaultError);
  });

  test('leaves TensorFlow.js as it was', async () => {
    await tf.setBackend('cpu');
    const tensors = tf.memory().numTensors;
    const random = Math.random;
    await expect(compile(({ x }) => ({ y: tf.topk(x!, 2).values }), X)).rejects.toThrow(FaultError);
    expect([tf.getBackend(), tf.memory().numTensors, Math.random]).toEqual(['cpu', tensors, random]);
    expect(tf.add(1, 2).dataSync()[0]).toBe(3);
  });
});

describe('a compiled function', () => {
  test('refuses inputs that are missing, unknown, or of another kind, and goes on working', async () => {
    const compiled = await compile(({ x }) => ({ y: tf.mul(x!, 2) }), X);
    await expect(compiled.run({})).rejects.toThrow(
      'input x must be Float32Array of 6 elements [2,3], found undefined of 0',
    );
    await expect(compiled.run({ x: new Int32Array(6) })).rejects.toThrow('found Int32Array of 6');
    await expect(compiled.run({ x: new Float32Array(6), z: new Float32Array(1) })).rejects.toThrow(
      'there is no input z; inputs are x',
    );
    expect([...(await compiled.run({ x: Float32Array.of(1, 2, 3, 4, 5, 6) }))['y']!]).toEqual([2, 4, 6, 8, 10, 12]);
    await compiled.dispose();
    await compiled.dispose();
    await expect(compiled.run({ x: new Float32Array(6) })).rejects.toThrow('the compiled function was disposed');
  });

  test('takes tensors made before as constants, and random numbers as inputs', async () => {
    await tf.setBackend('cpu');
    const table = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
    const compiled = await compile(({ x, keep }) => ({ y: tf.where(tf.less(keep!, 0.5), tf.mul(x!, table), 0) }), {
      ...X,
      keep: { shape: [2, 3] },
    });
    const { y } = await compiled.run({
      x: new Float32Array(6).fill(1),
      keep: Float32Array.of(0.1, 0.9, 0.1, 0.9, 0.1, 0.9),
    });
    expect([...y!]).toEqual([1, 0, 3, 0, 5, 0]);
    await compiled.dispose();
    table.dispose();
  });

  test('works with integers and truth values at its edges', async () => {
    const compiled = await compile(({ i, b }) => ({ sum: tf.add(i!, tf.scalar(3, 'int32')), not: tf.logicalNot(b!) }), {
      i: { shape: [2], dtype: 'int32' },
      b: { shape: [2], dtype: 'bool' },
    });
    const { sum, not } = await compiled.run<Int32Array | Uint8Array>({
      i: Int32Array.of(-5, 7),
      b: Uint8Array.of(0, 1),
    });
    expect([[...sum!], [...not!]]).toEqual([[-2, 10], [1, 0]]); // prettier-ignore
    await compiled.dispose();
  });
});
