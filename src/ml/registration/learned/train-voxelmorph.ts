import type { Batch } from '../../engine/compile-train-step.ts';
import type { VolumeShape } from '../../../twins/volume.ts';
import { runTraining, type TrainedWeights, type TrainingReport } from '../../training/training-run.ts';
import { randomShapes } from './random-shapes.ts';
import { trainingPair } from './training-pair.ts';
import { voxelMorphLoss, type VoxelMorphLoss } from './voxelmorph-loss.ts';
import { voxelMorphInputs, voxelMorphParameters, type VoxelMorphSettings } from './voxelmorph-network.ts';

export interface VoxelMorphTraining {
  readonly settings: VoxelMorphSettings;
  readonly loss: VoxelMorphLoss;
  /** Images of the settings' shape, 0..1, to learn from; random shapes where there are none. */
  readonly images: readonly Float32Array[];
  readonly batchSize: number;
  readonly steps: number;
  readonly learningRate: number;
  readonly seed: number;
  readonly checkpoint?: string;
  readonly threads?: number;
}

/** Images of random shapes that are drawn; each is deformed anew every time. */
const DRAWN_IMAGES = 96;
const VALIDATION_PAIRS = 16;
/** Seeds of the pairs that judge. */
const HELD_OUT = 1_000_003;

/**
 * Trains VoxelMorph without any truth: by how alike the moved and the fixed image are. The same training gives the same
 * weights; ended by `signal` it leaves a checkpoint to go on from.
 */
export function trainVoxelMorph(
  training: VoxelMorphTraining,
  report?: (progress: TrainingReport) => void,
  signal?: AbortSignal,
): Promise<TrainedWeights> {
  const { settings, seed, batchSize, images } = training;
  const drawn = images.length > 0 ? images : drawnImages(settings, seed, DRAWN_IMAGES);
  const judging = images.length > 0 ? images : drawnImages(settings, seed + HELD_OUT, VALIDATION_PAIRS);
  return runTraining(
    {
      parameters: voxelMorphParameters(settings),
      loss: voxelMorphLoss(training.loss),
      inputs: voxelMorphInputs(settings, batchSize),
      batchAt: (step) => batchOf(drawn, settings, seed, step * batchSize, batchSize),
      validation: Array.from({ length: Math.ceil(VALIDATION_PAIRS / batchSize) }, (_, index) =>
        batchOf(judging, settings, seed + HELD_OUT, index * batchSize, batchSize),
      ),
      steps: training.steps,
      learningRate: training.learningRate,
      every: Math.max(1, Math.min(250, Math.floor(training.steps / 4))),
      patience: 8,
      seed,
      identity: JSON.stringify([
        settings,
        training.loss,
        batchSize,
        training.steps,
        training.learningRate,
        images.length,
      ]),
      ...(training.checkpoint === undefined ? {} : { checkpoint: training.checkpoint }),
      ...(training.threads === undefined ? {} : { threads: training.threads }),
    },
    report,
    signal,
  );
}

/** The shape with a depth, 1 for a picture. */
export const asVolumeShape = (shape: readonly number[]): VolumeShape =>
  shape.length === 3 ? (shape as unknown as VolumeShape) : [1, shape[0]!, shape[1]!];

function drawnImages({ shape }: VoxelMorphSettings, seed: number, count: number): Float32Array[] {
  return Array.from({ length: count }, (_, index) => randomShapes(asVolumeShape(shape), seed, index));
}

function batchOf(
  images: readonly Float32Array[],
  { shape }: VoxelMorphSettings,
  seed: number,
  first: number,
  count: number,
): Batch {
  const size = shape.reduce((product, extent) => product * extent, 1);
  const [fixed, moving] = [new Float32Array(count * size), new Float32Array(count * size)];
  for (let index = 0; index < count; index++) {
    const pair = trainingPair(images[(first + index) % images.length]!, asVolumeShape(shape), seed, first + index);
    fixed.set(pair.fixed, index * size);
    moving.set(pair.moving, index * size);
  }
  return { fixed, moving };
}
