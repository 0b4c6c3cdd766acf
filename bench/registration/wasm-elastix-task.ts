import { parentPort, workerData } from 'node:worker_threads';
import { elastixNode } from '@itk-wasm/elastix';
import type { Volume } from '../../src/twins/volume.ts';
import type { ParameterMap } from './elastix.ts';
import type { WasmReply } from './wasm-elastix.ts';

const { fixed, moving, parameters } = workerData as { fixed: Volume; moving: Volume; parameters: ParameterMap[] };

function itkImage({ voxels, shape, spacingMm, originMm, direction }: Volume) {
  const dimension = shape[0] === 1 ? 2 : 3;
  const axes = [0, 1, 2].slice(0, dimension);
  return {
    imageType: { dimension, componentType: 'float32', pixelType: 'Scalar', components: 1 },
    name: 'image',
    origin: axes.map((axis) => originMm[axis]!),
    spacing: axes.map((axis) => spacingMm[2 - axis]!),
    direction: Float64Array.from(axes.flatMap((row) => axes.map((column) => direction[3 * row + column]!))),
    size: axes.map((axis) => shape[2 - axis]!),
    metadata: new Map(),
    data: voxels,
  };
}

const before = process.threadCpuUsage();
const startedAt = performance.now();
const { transformParameterObject } = (await elastixNode(parameters as never, {
  fixed: itkImage(fixed) as never,
  moving: itkImage(moving) as never,
})) as unknown as { transformParameterObject: ParameterMap[] };
const used = process.threadCpuUsage(before);
const reply: WasmReply = {
  wallMs: performance.now() - startedAt,
  processorMs: (used.user + used.system) / 1000,
  transforms: transformParameterObject,
};
parentPort!.postMessage(reply, []);
