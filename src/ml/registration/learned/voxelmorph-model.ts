import { readModel } from '../../training/trained-model.ts';
import { voxelMorphParameters, type VoxelMorphSettings } from './voxelmorph-network.ts';
import { z } from 'zod';

/** Weights of a VoxelMorph network and what they are the weights of. */
export interface VoxelMorphModel {
  /** Of the images that it learned from; it is applied to any shape of as many axes. */
  readonly settings: VoxelMorphSettings;
  readonly weights: Readonly<Record<string, Float32Array>>;
  /** Name, version and hash, for provenance. */
  readonly version: string;
}

/** Name of the architecture in model cards. */
export const VOXELMORPH = 'voxelmorph';

const channels = z.int().positive().max(1024);
const settingsSchema = z.object({
  shape: z.array(z.int().positive()).min(2).max(3),
  encoder: z.tuple([channels, channels, channels, channels, channels]),
  decoder: z.tuple([channels, channels, channels, channels]),
});

/** @throws {ConfigurationError} for a file that is not a VoxelMorph model of ours, or was changed since it was written. */
export async function readVoxelMorph(path: string): Promise<VoxelMorphModel> {
  const { card, weights } = await readModel(path, VOXELMORPH, (settings) =>
    voxelMorphParameters(settingsSchema.parse(settings)),
  );
  const { shape, encoder, decoder } = settingsSchema.parse(card.architecture.settings);
  return {
    settings: { shape, encoder, decoder },
    weights,
    version: `${card.name}/${card.version}/${card.sha256.slice(0, 12)}`,
  };
}
