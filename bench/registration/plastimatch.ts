import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readFieldMetaImage } from '../../src/ml/registration/transform-files/field-meta-image.ts';
import type { Volume } from '../../src/twins/volume.ts';
import { inFolder, writePair, type PeerMap } from './elastix.ts';
import { measureProcess } from './measured-process.ts';

/** Copies of a slice that make a volume of it: plastimatch crashes on a single one. */
export const COPIES = 8;

/** Whether the program is there, and which version. */
export function plastimatchVersion(): string | null {
  try {
    return execFileSync('plastimatch', ['--version'], { encoding: 'utf8' }).trim();
  } catch {
    return null;
  }
}

/**
 * Registers by plastimatch: rigid, affine, and its own B-splines on squared differences, on one thread. It knows volumes only: a
 * slice is copied eight times over, and the field of the middle one taken.
 */
export async function registerByPlastimatch(fixed: Volume, moving: Volume, gridSpacingMm: number): Promise<PeerMap> {
  const isFlat = fixed.shape[0] === 1;
  return inFolder(async (folder) => {
    writePair(folder, isFlat ? thickened(fixed) : fixed, isFlat ? thickened(moving) : moving);
    const command = path.join(folder, 'stages.txt');
    writeFileSync(command, stages(folder, gridSpacingMm, isFlat));
    const elapsed = await measureProcess('plastimatch', ['register', command], {
      OMP_NUM_THREADS: '1',
      ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS: '1',
    });
    const bytes = new Uint8Array(readFileSync(path.join(folder, 'field.mha')));
    const { vectorsMm, geometry } = readFieldMetaImage(bytes);
    return { ...elapsed, displacements: isFlat ? middleOf(vectorsMm, geometry.shape) : vectorsMm };
  });
}

function thickened(volume: Volume): Volume {
  const size = volume.voxels.length;
  const voxels = new Float32Array(COPIES * size);
  for (let copy = 0; copy < COPIES; copy++) voxels.set(volume.voxels, copy * size);
  return { ...volume, voxels, shape: [COPIES, volume.shape[1], volume.shape[2]] };
}

function middleOf(vectors: Float32Array, [depth, height, width]: Volume['shape']): Float32Array {
  const size = height * width;
  const out = new Float32Array(3 * size);
  // The third component is not that of a slice.
  for (let axis = 0; axis < 2; axis++) {
    const start = axis * depth * size + (COPIES / 2) * size;
    out.set(vectors.subarray(start, start + size), axis * size);
  }
  return out;
}

function stages(folder: string, grid: number, isFlat: boolean): string {
  const coarse = (step: number): string => `${step} ${step} ${isFlat ? 1 : step}`;
  const spline = (step: number, spacing: number, iterations: number): string[] => [
    '[STAGE]',
    'xform=bspline',
    'optim=lbfgsb',
    'impl=plastimatch',
    'threading=single',
    'metric=mse',
    `max_its=${iterations}`,
    `res_vox=${coarse(step)}`,
    `grid_spac=${spacing} ${spacing} ${spacing}`,
    'regularization_lambda=0.005',
  ];
  const linear = (form: string, optimiser: string, iterations: number, step: number): string[] => [
    '[STAGE]',
    `xform=${form}`,
    `optim=${optimiser}`,
    'metric=mse',
    `max_its=${iterations}`,
    `res_vox=${coarse(step)}`,
  ];
  return [
    '[GLOBAL]',
    `fixed=${path.join(folder, 'fixed.mha')}`,
    `moving=${path.join(folder, 'moving.mha')}`,
    `vf_out=${path.join(folder, 'field.mha')}`,
    'default_value=0',
    ...linear('rigid', 'versor', 60, 4),
    ...linear('affine', 'rsg', 80, 2),
    ...spline(4, 2 * grid, 40),
    ...spline(2, grid, 40),
    ...spline(1, grid, 30),
    '',
  ].join('\n');
}
