import { InferenceSession, Tensor } from 'onnxruntime-node';
import { encodeOnnxModel, type OnnxGraph, type OnnxNode } from './onnx/onnx-model.ts';

const EXTENT = 6;
const CHANNELS = 16;
const TOLERANCE = 1e-5;
let known: Promise<number> | undefined;

/**
 * The channel block that the CPU kernels of ONNX Runtime have on this machine (16 with AVX-512, 8 with AVX2), or 0.
 * The operators are private to the runtime, so that a block is believed only after a convolution in blocks gave the
 * same as the standard one, once per process.
 */
export function channelBlock(): Promise<number> {
  known ??= (async () => {
    for (const block of [16, 8]) if (await isCorrect(block)) return block;
    return 0;
  })();
  return known;
}

async function isCorrect(block: number): Promise<boolean> {
  const pads = [1, 1, 1, 1];
  const node = (op: string, inputs: string[], output: string, attrs: OnnxNode['attrs'] = {}, domain = ''): OnnxNode => ({
    op, inputs, outputs: [output], attrs, domain,
  }); // prettier-ignore
  const private_ = 'com.microsoft.nchwc';
  const shape = BigInt64Array.of(
    3n,
    3n,
    BigInt(CHANNELS / block),
    BigInt(block),
    BigInt(CHANNELS / block),
    BigInt(block),
  );
  const back = BigInt64Array.of(BigInt(CHANNELS), BigInt(CHANNELS), 3n, 3n);
  const graph: OnnxGraph = {
    inputs: [
      { name: 'x', dtype: 'float32', shape: [1, CHANNELS, EXTENT, EXTENT] },
      { name: 'w', dtype: 'float32', shape: [3, 3, CHANNELS, CHANNELS] },
    ],
    outputs: ['plain', 'blocked'].map((name) => ({ name, dtype: 'float32', shape: [1, CHANNELS, EXTENT, EXTENT] })),
    initializers: [
      { name: 'shape', dtype: 'int64', shape: [6], data: new Uint8Array(shape.buffer) },
      { name: 'back', dtype: 'int64', shape: [4], data: new Uint8Array(back.buffer) },
    ],
    nodes: [
      node('Transpose', ['w'], 'oihw', { perm: [3, 2, 0, 1] }),
      node('Conv', ['x', 'oihw'], 'plain', { pads, kernel_shape: [3, 3] }),
      node('Reshape', ['w', 'shape'], 'six'),
      node('Transpose', ['six'], 'moved', { perm: [4, 2, 0, 1, 3, 5] }),
      node('Reshape', ['moved', 'back'], 'blocks'),
      node('ReorderInput', ['x'], 'xb', { channels_last: 0 }, private_),
      node(
        'Conv',
        ['xb', 'blocks'],
        'yb',
        { pads, kernel_shape: [3, 3], strides: [1, 1], dilations: [1, 1], group: 1 },
        private_,
      ),
      node('ReorderOutput', ['yb'], 'blocked', { channels: CHANNELS, channels_last: 0 }, private_),
    ],
  };
  try {
    const session = await InferenceSession.create(encodeOnnxModel(graph), {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      logSeverityLevel: 4,
    });
    const wave = (size: number): Float32Array =>
      Float32Array.from({ length: size }, (_, index) => Math.sin(index * 1.7));
    const { plain, blocked } = await session.run({
      x: new Tensor('float32', wave(CHANNELS * EXTENT * EXTENT), [1, CHANNELS, EXTENT, EXTENT]),
      w: new Tensor('float32', wave(9 * CHANNELS * CHANNELS), [3, 3, CHANNELS, CHANNELS]),
    });
    await session.release();
    const expected = plain!.data as Float32Array;
    const found = blocked!.data as Float32Array;
    const scale = Math.max(...expected.map(Math.abs));
    return expected.every((value, index) => Math.abs(value - found[index]!) <= TOLERANCE * scale);
  } catch {
    // A runtime or a processor without these operators.
    return false;
  }
}
