import { randomStream, type RandomStream } from '../../cohorts/random-stream.ts';
import { gaussianFilter } from '../../metrics/gaussian-filter.ts';
import type { VolumeShape } from '../../../twins/volume.ts';
import { smoothNoise } from './smooth-noise.ts';

/** Fewest and most kinds of tissue of an image. */
const KINDS = [4, 14] as const;
/** Extent of a shape as a share of the image. */
const SHAPE_SIZE = [0.03, 0.15] as const;

/**
 * An image of random shapes of random brightness, 0..1, from which a network learns to align anything (Hoffmann et al.,
 * "SynthMorph", IEEE TMI 41(3), 2022, section III.A): each voxel belongs to the strongest of several smoothed fields of
 * noise, and every kind has a brightness and a texture of its own. The surroundings are dark, as around a body.
 */
export function randomShapes(shape: VolumeShape, seed: number, index: number): Float32Array {
  const random = randomStream(seed, 'shapes', index);
  const kinds = KINDS[0] + random.index(KINDS[1] - KINDS[0] + 1);
  const count = shape[0] * shape[1] * shape[2];
  const strongest = new Float64Array(count).fill(-Infinity);
  const kindOf = new Uint8Array(count);
  for (let kind = 0; kind < kinds; kind++) {
    const field = smoothNoise(shape, random, random.between(...SHAPE_SIZE));
    for (let i = 0; i < count; i++) {
      if (field[i]! > strongest[i]!) {
        strongest[i] = field[i]!;
        kindOf[i] = kind;
      }
    }
  }
  const brightness = Array.from({ length: kinds }, () => random.between(0.1, 1));
  const contrast = Array.from({ length: kinds }, () => random.between(0, 0.15));
  const texture = smoothNoise(shape, random, random.between(0.016, 0.03));
  const isInside = body(shape, random);
  const image = Float64Array.from(kindOf, (kind, i) =>
    isInside[i] === 1 ? brightness[kind]! + contrast[kind]! * texture[i]! : 0,
  );
  const blur = random.between(0.5, 1.1);
  const sigmas = shape.map((extent) => (extent > 1 ? blur : 0)) as [number, number, number];
  return Float32Array.from(gaussianFilter(image, shape, sigmas), (value) => Math.min(1, Math.max(0, value)));
}

/** 1 within a bumpy ellipsoid that fills most of the image; now and then all of it. */
function body(shape: VolumeShape, random: RandomStream): Uint8Array {
  const inside = new Uint8Array(shape[0] * shape[1] * shape[2]);
  if (random.uniform() < 0.25) return inside.fill(1);
  const bumps = smoothNoise(shape, random, 0.15);
  const radii = shape.map((extent) => (extent > 1 ? (extent / 2) * random.between(0.7, 0.98) : 1));
  const centre = shape.map((extent) => (extent - 1) / 2);
  for (let z = 0, i = 0; z < shape[0]; z++) {
    for (let y = 0; y < shape[1]; y++) {
      for (let x = 0; x < shape[2]; x++, i++) {
        const distance = Math.hypot(
          (z - centre[0]!) / radii[0]!,
          (y - centre[1]!) / radii[1]!,
          (x - centre[2]!) / radii[2]!,
        );
        inside[i] = distance + 0.05 * bumps[i]! < 1 ? 1 : 0;
      }
    }
  }
  return inside;
}
