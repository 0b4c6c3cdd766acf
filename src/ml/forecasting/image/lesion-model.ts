import { z } from 'zod';
import type { Volume, VolumeShape } from '../../../twins/volume.ts';
import { ConfigurationError } from '../../../errors.ts';
import { type ModelCard, readWeights } from '../../engine/weights/weights-file.ts';
import { modelOfRecord } from '../personal/model-record.ts';
import type { PopulationModel } from '../personal/population-model.ts';
import { imageNetworkParameters } from './image-network.ts';
import type { Parameters } from './layers.ts';
import { segmenterParameters } from './lesion-segmenter.ts';
import { NETWORK_SETTINGS, type NetworkSettings } from './network-settings.ts';

/** Name of the arithmetic on the model card. */
export const LESION_MODEL = 'lesion-image-model/1';

/** How a value enters the network: (x - centre) / scale, of the logarithm where it is one. */
const standardisation = z.strictObject({
  key: z.string().min(1),
  isLogarithm: z.boolean(),
  centre: z.number(),
  scale: z.number().positive(),
});

const factors = z.array(z.strictObject({ coverage: z.number(), factor: z.number().nonnegative() }));

/** What validation patients showed of a range of horizons. */
const horizonBin = z.strictObject({
  /** Horizons above `fromDays` up to `untilDays`. */
  fromDays: z.number().nonnegative(),
  untilDays: z.number().positive(),
  patients: z.int().nonnegative(),
  intervals: z.int().nonnegative(),
  /** 1 - MSE / MSE of the last image, with the shrinkage. */
  skill: z.number(),
  /** Of that, by a bootstrap over patients: 90 % lie above. */
  lowerBound: z.number(),
  /** What change of volume and residual are multiplied with. */
  shrinkage: z.number().min(0).max(1),
  /** Half a central interval's width by coverage, in units of the predicted scale. */
  factors,
  /** Of intervals of the volume, see `volumeIntervals`. */
  volumeFactors: factors,
});
export type HorizonBin = z.infer<typeof horizonBin>;
export type Standardisation = z.infer<typeof standardisation>;

const LESION_MODEL_SETTINGS = z.object({
  network: NETWORK_SETTINGS,
  /** In the order of the network's variables, the lesion volume first. */
  variables: z.array(standardisation),
  /** Treatments in the order of the network's plan, with an ordinary amount per unit of time. */
  treatments: z.array(z.strictObject({ key: z.string().min(1), amount: z.number().positive() })),
  /** `recordOfModel` of the population model of the lesion's volume. */
  volumes: z.unknown(),
  voxelMl: z.number().positive(),
  /** Of the images that it was trained on: slices, rows, columns. */
  imageShape: z.tuple([z.int().positive(), z.int().positive(), z.int().positive()]),
  /** Of their voxels: slices, rows, columns in mm. */
  imageSpacingMm: z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]),
  bins: z.array(horizonBin),
});

/** Everything that an image forecast of a lesion is computed from. */
export interface LesionModel {
  readonly network: NetworkSettings;
  readonly variables: readonly Standardisation[];
  readonly treatments: readonly { readonly key: string; readonly amount: number }[];
  readonly volumes: PopulationModel;
  /** Volume of a voxel of the images that it was trained on. */
  readonly voxelMl: number;
  /** Of those images: [slices, rows, columns]. */
  readonly imageShape: VolumeShape;
  readonly imageSpacingMm: Volume['spacingMm'];
  readonly bins: readonly HorizonBin[];
  /** Parameters of segmenter and network by name. */
  readonly weights: Readonly<Record<string, Float32Array>>;
  /** `NAME@VERSION+first figures of the hash of its weights`. */
  readonly version: string;
}

/** Of segmenter and network together. */
export const lesionModelParameters = (network: NetworkSettings): Parameters => ({
  ...segmenterParameters(),
  ...imageNetworkParameters(network),
});

/**
 * Reads a model that `npm run train` registered.
 * @throws {ConfigurationError} where it is no such model, or its files are damaged.
 */
export async function readLesionModel(path: string): Promise<LesionModel> {
  const { card, arrays } = await readWeights(path);
  const settings = settingsOf(card);
  const faults: string[] = [];
  const weights: Record<string, Float32Array> = {};
  for (const [name, { shape }] of Object.entries(lesionModelParameters(settings.network))) {
    const found = arrays.get(name);
    if (found?.dtype === 'float32' && found.shape.join() === shape.join()) weights[name] = found.data as Float32Array;
    else faults.push(`array ${name} should be float32 [${shape.join()}]`);
  }
  if (faults.length > 0) throw new ConfigurationError('the weights do not fit their settings', faults);
  const version = `${card.name}@${card.version}+${card.sha256.slice(0, 12)}`;
  return { ...settings, volumes: modelOfRecord(settings.volumes), weights, version };
}

function settingsOf({ architecture }: ModelCard): z.infer<typeof LESION_MODEL_SETTINGS> {
  if (architecture.name !== LESION_MODEL) {
    throw new ConfigurationError('the model cannot be used here', [
      `it is a ${architecture.name}, expected a ${LESION_MODEL}`,
    ]);
  }
  const parsed = LESION_MODEL_SETTINGS.safeParse(architecture.settings);
  if (parsed.success) return parsed.data;
  throw new ConfigurationError(
    'the settings on the model card are not valid',
    parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`),
  );
}

/** The bin of a horizon; the last one for longer ones. */
export const binOf = (bins: readonly HorizonBin[], horizonDays: number): HorizonBin | undefined =>
  bins.find(({ untilDays }) => horizonDays <= untilDays) ?? bins.at(-1);
