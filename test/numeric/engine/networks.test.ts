import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compiledAgainstEager, valueAndGradients } from '../../support/compiled-against-eager.ts';
import { convLstm, spatialTransformer, uNet, vivit, type ReferenceNetwork } from '../../support/reference-networks.ts';

type InputShapes = Readonly<Record<string, readonly number[]>>;
const CONDITIONED: InputShapes = { x: [2, 3, 8, 12, 1], condition: [2, 5] };

/** A network as an op of its parameters and inputs, so that gradients by all of them are compared. */
function asOp({ parameters, forward }: ReferenceNetwork, inputs: InputShapes): (...all: tf.Tensor[]) => tf.Tensor {
  const names = Object.keys(parameters);
  return (...all) =>
    forward(
      Object.fromEntries(names.map((name, index) => [name, all[index]!])),
      Object.fromEntries(Object.keys(inputs).map((name, index) => [name, all[names.length + index]!])),
    );
}

describe('a compiled network', () => {
  test.each<[string, ReferenceNetwork, InputShapes]>([
    ['ConvLSTM with FiLM', convLstm({ hidden: 6, encoded: 5, conditions: 5 }), CONDITIONED],
    ['ConvLSTM with FiLM, in blocks', convLstm({ hidden: 16, encoded: 16, conditions: 5 }), CONDITIONED],
    ['U-Net', uNet({ channels: 4, depth: 2, groups: 2 }), { x: [2, 8, 12, 1] }],
    ['U-Net, in blocks', uNet({ channels: 16, depth: 1, groups: 4 }), { x: [1, 8, 8, 1] }],
    ['ViViT block', vivit({ width: 12, layers: 2, heads: 3, tokens: 7, patch: 10 }), { x: [2, 7, 10] }],
    ['spatial transformer', spatialTransformer({ channels: 4 }), { x: [2, 7, 6, 1], fixed: [2, 7, 6, 1] }],
  ])('has the answer and the gradients of tfjs: %s', async (_, network, inputs) => {
    const shapes = [...Object.values(network.parameters), ...Object.values(inputs)];
    const { differences } = await compiledAgainstEager(valueAndGradients(asOp(network, inputs)), shapes, {
      scale: 0.4,
    });
    expect(differences).toHaveLength(shapes.length + 1);
    const names = ['answer', ...Object.keys(network.parameters), ...Object.keys(inputs)];
    // A bias of the keys changes no attention: its gradient is zero but for rounding.
    const compared = differences.filter((_difference, index) => !names[index]!.endsWith('qkvB'));
    expect(Math.max(...compared)).toBeLessThan(2e-4);
  });

  test('has no transposed image between its convolutions', async () => {
    const network = convLstm({ hidden: 16, encoded: 16 });
    const inputs: InputShapes = { x: [1, 3, 16, 16, 1] };
    const shapes = [...Object.values(network.parameters), ...Object.values(inputs)];
    const { operators } = await compiledAgainstEager((...all) => [asOp(network, inputs)(...all)], shapes, {
      isPortable: true,
      scale: 0.4,
    });
    // Two moves for each filter: five, and the parts of two that the first step needs. Frames of one channel need none.
    expect(operators['Transpose']).toBe(14);
    expect(operators['Conv']).toBe(10);
  });
});

describe('a compiled convolution, whatever its shape', () => {
  const anyConvolution = fc.record({
    batch: fc.integer({ min: 1, max: 2 }),
    height: fc.integer({ min: 1, max: 7 }),
    width: fc.integer({ min: 1, max: 7 }),
    input: fc.constantFrom(1, 3, 8, 16),
    output: fc.constantFrom(1, 2, 16),
    kernel: fc.constantFrom(1, 2, 3),
    stride: fc.constantFrom(1, 2),
    pad: fc.constantFrom('same' as const, 'valid' as const),
  });

  test('has the value and gradients of tfjs', async () => {
    await fc.assert(
      fc.asyncProperty(anyConvolution, async ({ batch, height, width, input, output, kernel, stride, pad }) => {
        fc.pre(pad === 'same' || (height >= kernel && width >= kernel));
        const { differences } = await compiledAgainstEager(
          valueAndGradients((x, w) => tf.relu(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad))),
          [[batch, height, width, input], [kernel, kernel, input, output]],
        ); // prettier-ignore
        expect(Math.max(...differences)).toBeLessThan(3e-5);
      }),
      { numRuns: 60, seed: 20260101 },
    );
  });

  test('and so have broadcasting arithmetic, slices and reductions of any shape', async () => {
    const extent = fc.integer({ min: 1, max: 4 });
    const anyCase = fc.record({
      shape: fc.array(extent, { minLength: 1, maxLength: 5 }),
      ones: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
      axis: fc.nat(4),
    });
    await fc.assert(
      fc.asyncProperty(anyCase, async ({ shape, ones, axis }) => {
        const other = shape.map((size, index) => (ones[index]! ? 1 : size));
        const at = axis % shape.length;
        const { differences } = await compiledAgainstEager(
          valueAndGradients((a, b) => {
            const product = tf.mul(tf.tanh(a), tf.add(b, 0.5));
            const half = tf.slice(product, shape.map(() => 0), shape.map((size, index) => (index === at ? Math.ceil(size / 2) : size)));
            return tf.mean(tf.concat([half, product], at), at);
          }),
          [shape, other],
        ); // prettier-ignore
        expect(Math.max(...differences)).toBeLessThan(3e-5);
      }),
      { numRuns: 40, seed: 20260102 },
    );
  });
});
