import { z } from 'zod';

const size = z.int().min(1).max(1024);

/** Everything that fixes the arithmetic of an image network; kept on its model card. */
export const NETWORK_SETTINGS = z.object({
  encoder: z.enum(['conv-lstm', 'vivit']),
  /** Of ViViT: space first and then time (Arnab et al. 2021, model 3), or all tokens at once (model 1). */
  attention: z.enum(['factorised', 'joint']),
  /** How the EHR vector of a time enters the image features. */
  fusion: z.enum(['none', 'channels', 'film', 'st-film', 'tokens']),
  head: z.enum(['residual', 'displacement', 'residual-displacement', 'direct']),
  /** `real`: days between images are an input; `index`: images count as evenly spaced. */
  time: z.enum(['real', 'index']),
  /** Images of the history that the encoder sees, the origin last; absent ones are masked. */
  frames: z.int().min(1).max(64),
  height: size,
  width: size,
  /** Slices times modalities. */
  channels: z.int().min(1).max(256),
  /** Channels that say where a change is expected, such as the outline of a lesion at the target time; 0 for none. */
  guides: z.int().min(0).max(256),
  /** EHR variables per time, static ones included. */
  variables: z.int().min(0).max(256),
  /** Treatments planned up to the target. */
  treatments: z.int().min(0).max(64),
  /** Variables whose change the EHR head predicts. */
  targets: z.int().min(1).max(256),
  /** Pixels per position of the state, both ways; divides height and width. */
  stride: z.int().min(1).max(32),
  /** Channels of the state. */
  hidden: z.int().min(1).max(512),
  layers: z.int().min(1).max(12),
  heads: z.int().min(1).max(16),
  /** Images per tubelet of ViViT; divides `frames`. */
  tubelet: z.int().min(1).max(16),
  /** Width of the EHR embedding. */
  embedding: z.int().min(1).max(512),
  /** Channels at full resolution. */
  features: z.int().min(1).max(256),
  /** Typical distance of two visits, the unit of time. */
  unitDays: z.number().positive(),
});
export type NetworkSettings = z.infer<typeof NETWORK_SETTINGS>;

/** @throws {RangeError} for settings that do not fit each other. */
export function checkNetworkSettings(settings: NetworkSettings): NetworkSettings {
  const { encoder, fusion, frames, height, width, stride, hidden, heads, tubelet } = settings;
  const faults = [
    [height % stride === 0 && width % stride === 0, `stride ${stride} must divide ${height} and ${width}`],
    [fusion !== 'tokens' || encoder === 'vivit', 'tokens are a fusion of vivit alone'],
    [encoder !== 'vivit' || hidden % heads === 0, `heads ${heads} must divide hidden ${hidden}`],
    [encoder !== 'vivit' || frames % tubelet === 0, `tubelet ${tubelet} must divide frames ${frames}`],
  ].flatMap(([isMet, fault]) => (isMet === true ? [] : [fault]));
  if (faults.length > 0) throw new RangeError(faults.join('; '));
  return settings;
}
