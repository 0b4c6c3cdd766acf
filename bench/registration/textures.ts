import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadImage } from '../../src/composition/load-image.ts';
import type { Volume, VolumeShape } from '../../src/twins/volume.ts';
import { readJpeg } from '../../test/support/read-grey-image.ts';
import { cubicSampler } from './cubic-sampler.ts';

/** A real image, 0..1, to be laid on itself under a known map. Its spacing is 1 mm. */
export interface Texture {
  readonly name: string;
  readonly image: Volume;
}

const DATA = fileURLToPath(new URL('../../../shared/data/', import.meta.url));
const OPEN_MS = 'mr-longitudinal/open_ms/longitudinal/raw';

/** Path of a real data set beside the repository; null where it is absent. */
export function dataFile(relative: string): string | null {
  return existsSync(DATA + relative) ? DATA + relative : null;
}

/** Pixels or voxels along each axis: two of the first, three of the last. */
export type Size = '256' | '512' | '96';

const LOADERS: Readonly<Record<Size, readonly (() => Promise<Texture | null>)[]>> = {
  '256': [
    ...['r16', 'r27', 'r30', 'r62', 'r64', 'r85'].map((name) => () => jpegSlice(name)),
    () => slice('registration/itkelastix/examples/data/CT_2D_head_fixed.mha', 0, 256),
    () => slice(`${OPEN_MS}/patient01/study2_T1W.nii.gz`, 24, 256),
    () => slice(`${OPEN_MS}/patient03/study2_T1W.nii.gz`, 26, 256),
  ],
  '512': [
    () => slice(`${OPEN_MS}/patient01/study1_FLAIR.nii.gz`, 18, 512),
    () => slice(`${OPEN_MS}/patient03/study1_FLAIR.nii.gz`, 20, 512),
    () => slice('registration/itkelastix/examples/data/lung_sem/2016_12_02_0101_s00_03.png', 0, 512),
    () => slice(`${OPEN_MS}/patient01/study1_T1W.nii.gz`, 20, 512),
    () => slice(`${OPEN_MS}/patient03/study1_FLAIR.nii.gz`, 24, 512),
  ],
  '96': [
    () => volume('registration/ants/data/mni.nii.gz', 96),
    () => volume(`${OPEN_MS}/patient01/study1_FLAIR.nii.gz`, 96),
    () => volume('registration/ants/data/ch2.nii.gz', 96),
    () => volume(`${OPEN_MS}/patient03/study1_FLAIR.nii.gz`, 96),
  ],
};

/** What is there of the real images for pairs of one size. */
export async function loadTextures(size: Size): Promise<readonly Texture[]> {
  const found: Texture[] = [];
  for (const load of LOADERS[size]) {
    const texture = await load();
    if (texture !== null) found.push(texture);
  }
  return found;
}

async function jpegSlice(name: string): Promise<Texture | null> {
  const file = dataFile(`registration/ants/data/${name}slice.jpg`);
  if (file === null) return null;
  const { width, height, pixels } = await readJpeg(file, 256, 256);
  return { name, image: plain(scaled(pixels), [1, height, width]) };
}

/** One slice, enlarged or shrunk to a square of the given side with its proportions kept, in its middle. */
async function slice(relative: string, number: number, side: number): Promise<Texture | null> {
  const file = dataFile(relative);
  if (file === null) return null;
  const { volume: whole } = await loadImage(file);
  const [, height, width] = whole.shape;
  const size = height * width;
  const cut = plain(whole.voxels.slice(number * size, (number + 1) * size), [1, height, width]);
  const [dy, dx] = [height * whole.spacingMm[1], width * whole.spacingMm[2]];
  const step = Math.max(dy, dx) / side;
  return {
    name: `${nameOf(relative)} ${number}`,
    image: regridded(cut, [1, side, side], [1, step / whole.spacingMm[1], step / whole.spacingMm[2]]),
  };
}

/** A volume on a cube of the given side with its proportions kept, in its middle. */
async function volume(relative: string, side: number): Promise<Texture | null> {
  const file = dataFile(relative);
  if (file === null) return null;
  const { volume: whole } = await loadImage(file);
  const extents = whole.shape.map((size, axis) => size * whole.spacingMm[axis]!);
  const step = Math.max(...extents) / side;
  const steps = whole.spacingMm.map((spacing) => step / spacing) as [number, number, number];
  return { name: nameOf(relative), image: regridded(whole, [side, side, side], steps) };
}

/** `steps`: voxels of the image per voxel of the grid, whose middles are laid on each other. */
function regridded(image: Volume, shape: VolumeShape, steps: readonly [number, number, number]): Volume {
  const sample = cubicSampler({ ...image, voxels: scaled(image.voxels) });
  const voxels = new Float32Array(shape[0] * shape[1] * shape[2]);
  const middle = shape.map((size) => (size - 1) / 2);
  const imageMiddle = image.shape.map((size) => (size - 1) / 2);
  let i = 0;
  for (let z = 0; z < shape[0]; z++) {
    for (let y = 0; y < shape[1]; y++) {
      for (let x = 0; x < shape[2]; x++) {
        const at = [z, y, x].map((index, axis) => imageMiddle[axis]! + steps[axis]! * (index - middle[axis]!));
        voxels[i++] = Math.min(1, Math.max(0, sample(at[0]!, at[1]!, at[2]!)));
      }
    }
  }
  return plain(voxels, shape);
}

/** To 0..1 by the smallest value and the 99.8th percentile. */
function scaled(values: Float32Array): Float32Array {
  const sorted = values.slice().sort();
  const [low, high] = [sorted[0]!, sorted[Math.floor(0.998 * (sorted.length - 1))]!];
  return values.map((value) => Math.min(1, Math.max(0, (value - low) / (high - low))));
}

const plain = (voxels: Float32Array, shape: VolumeShape): Volume => ({
  voxels,
  shape,
  spacingMm: [1, 1, 1],
  originMm: [0, 0, 0],
  direction: [1, 0, 0, 0, 1, 0, 0, 0, 1],
});

const nameOf = (relative: string): string =>
  relative
    .split('/')
    .slice(-2)
    .join(' ')
    .replace(/\.(?:nii\.gz|mha|png)$/, '');
