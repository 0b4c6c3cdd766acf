import { loadImage } from '../../src/composition/load-image.ts';
import { randomStream } from '../../src/ml/cohorts/random-stream.ts';
import type { Volume } from '../../src/twins/volume.ts';
import { syntheticPair } from '../../bench/registration/synthetic-pair.ts';
import { dataFile, loadTextures, type Texture } from '../../bench/registration/textures.ts';

export const PAIR_CLASSES = ['right', 'other patient', 'flipped', 'other organ', 'blank'] as const;
export type PairClass = (typeof PAIR_CLASSES)[number];

/** Two images, and whether they should pass. */
export interface GatePair {
  readonly kind: PairClass;
  readonly name: string;
  readonly fixed: Volume;
  readonly moving: Volume;
}

interface PairChoice {
  readonly seed: number;
  /** Whether right pairs have large warps between them, or hardly any. */
  readonly isDeforming: boolean;
  readonly isQuick: boolean;
}

const OPEN_MS = 'mr-longitudinal/open_ms/longitudinal/raw';
const ROUNDS = { full: 4, quick: 1 };

/** Fresh pairs of every class from the real images that are there; every image has noise of its own. */
export async function gatePairs(choice: PairChoice): Promise<readonly GatePair[]> {
  const [slices, large] = [await loadTextures('256'), await loadTextures('512')];
  const brains = slices.filter(({ name }) => /^r\d/.test(name));
  const organs = large.filter(({ name }) => name.startsWith('lung'));
  const real = choice.isQuick || choice.isDeforming ? [] : await realPairs();
  return [
    ...rightPairs(slices, choice),
    ...real,
    ...otherPatients(brains, choice),
    ...slices.flatMap((texture) => flippedPairs(texture, choice)),
    ...otherOrgans(brains, organs, choice),
    ...brains.slice(0, 2).flatMap((texture) => blankPairs(texture, choice)),
  ];
}

function rightPairs(textures: readonly Texture[], { seed, isDeforming, isQuick }: PairChoice): GatePair[] {
  const rounds = isQuick ? ROUNDS.quick : ROUNDS.full;
  return Array.from({ length: rounds }, (_, round) =>
    textures.map((texture): GatePair => {
      const warp = isDeforming ? 1 : 0.2;
      const options = { maximumDegrees: 10, isWarped: true, warp };
      const { fixed, moving } = syntheticPair(texture, options, seed, 'gate', round);
      return { kind: 'right', name: texture.name, fixed, moving };
    }),
  ).flat();
}

async function realPairs(): Promise<GatePair[]> {
  const studies: Volume[][] = [];
  for (const patient of ['01', '03']) {
    const folder = dataFile(`${OPEN_MS}/patient${patient}`);
    if (folder === null) return [];
    const study = async (number: number) => (await loadImage(`${folder}/study${number}_FLAIR.nii.gz`)).volume;
    studies.push([await study(1), await study(2)]);
  }
  const [[a1, a2], [b1, b2]] = studies as [[Volume, Volume], [Volume, Volume]];
  const pair = (kind: PairClass, name: string, fixed: Volume, moving: Volume): GatePair => ({
    kind,
    name,
    fixed,
    moving,
  });
  return [
    pair('right', 'open_ms 01', a1, a2),
    pair('right', 'open_ms 01, back', a2, a1),
    pair('right', 'open_ms 03', b1, b2),
    pair('right', 'open_ms 03, back', b2, b1),
    pair('other patient', 'open_ms 01 and 03', a1, b1),
    pair('other patient', 'open_ms 03 and 01', b2, a2),
    pair('flipped', 'open_ms 01', a1, mirrored(a2)),
    pair('flipped', 'open_ms 03', b1, mirrored(b2)),
  ];
}

function otherPatients(brains: readonly Texture[], { seed }: PairChoice): GatePair[] {
  return brains.flatMap((fixed, index) =>
    brains.slice(index + 1).map((moving): GatePair => ({
      kind: 'other patient',
      name: `${fixed.name} and ${moving.name}`,
      fixed: noisy(fixed.image, seed, fixed.name, moving.name, 'fixed'),
      moving: noisy(moving.image, seed, fixed.name, moving.name, 'moving'),
    })),
  );
}

function flippedPairs({ name, image }: Texture, { seed }: PairChoice): GatePair[] {
  return [mirrored, upsideDown].map((flip) => ({
    kind: 'flipped',
    name: `${name}, ${flip.name}`,
    fixed: noisy(image, seed, name, flip.name, 'fixed'),
    moving: flip(noisy(image, seed, name, flip.name, 'moving')),
  }));
}

function otherOrgans(brains: readonly Texture[], organs: readonly Texture[], { seed }: PairChoice): GatePair[] {
  return organs.flatMap((organ) =>
    brains.flatMap((brain): GatePair[] => {
      const [a, b] = [
        noisy(brain.image, seed, brain.name, organ.name),
        noisy(organ.image, seed, organ.name, brain.name),
      ];
      return [
        { kind: 'other organ', name: `${brain.name} and ${organ.name}`, fixed: a, moving: b },
        { kind: 'other organ', name: `${organ.name} and ${brain.name}`, fixed: b, moving: a },
      ];
    }),
  );
}

function blankPairs({ name, image }: Texture, { seed }: PairChoice): GatePair[] {
  const empty: Volume = { ...image, voxels: new Float32Array(image.voxels.length) };
  const noise = noisy(empty, seed, name, 'blank');
  const unmeasured: Volume = {
    ...image,
    voxels: image.voxels.map((value, index) => (index % 97 === 0 ? Number.NaN : value)),
  };
  const fixed = noisy(image, seed, name, 'beside blank');
  return [
    ['constant', fixed, empty],
    ['noise alone', fixed, noise],
    ['noise as the reference', noise, fixed],
    ['with unmeasured voxels', fixed, unmeasured],
  ].map(([what, a, b]) => ({
    kind: 'blank',
    name: `${name}, ${what as string}`,
    fixed: a as Volume,
    moving: b as Volume,
  }));
}

function noisy(image: Volume, ...keys: (string | number)[]): Volume {
  const random = randomStream('registration gate', ...keys);
  return { ...image, voxels: image.voxels.map((value) => value + 0.02 * random.normal()) };
}

/** Left and right exchanged. */
function mirrored(volume: Volume): Volume {
  const [, , width] = volume.shape;
  const voxels = volume.voxels.slice();
  for (let row = 0; row < voxels.length; row += width) voxels.subarray(row, row + width).reverse();
  return { ...volume, voxels };
}

/** First and last row exchanged, and so on. */
function upsideDown(volume: Volume): Volume {
  const [depth, height, width] = volume.shape;
  const voxels = new Float32Array(volume.voxels.length);
  for (let row = 0; row < depth * height; row++) {
    const [z, y] = [Math.floor(row / height), row % height];
    const from = (z * height + height - 1 - y) * width;
    voxels.set(volume.voxels.subarray(from, from + width), row * width);
  }
  return { ...volume, voxels };
}
