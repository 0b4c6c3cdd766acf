import { type ImagedTumourPatient } from '../cohorts/tumour/image-cohort.ts';
import { randomStream } from '../cohorts/random-stream.ts';
import { renderTumourVisit, TUMOUR_IMAGE_SHAPE } from '../cohorts/tumour/render-tumour-visit.ts';
import type { Batch } from '../engine/compile-train-step.ts';
import * as tf from '../engine/tensorflow.ts';
import type { Loss } from '../engine/training-function.ts';
import {
  SEGMENTER_CHANNELS,
  segmenterParameters,
  segmentLesion,
  withNeighbours,
} from '../forecasting/image/lesion-segmenter.ts';
import { intensityRangeOf } from '../forecasting/intensity-range.ts';
import { runTraining, type TrainedWeights, type TrainingReport } from './training-run.ts';

const [DEPTH, HEIGHT, WIDTH] = TUMOUR_IMAGE_SHAPE;
const PIXELS = HEIGHT * WIDTH;
/** Slices of a batch, and the side of the patch that is cut from each. */
const SLICES = 16;
const PATCH = 64;

/** Cross-entropy with soft shares, in which lesion counts more, and the soft Dice loss (Milletari et al. 2016). */
const loss: Loss = (p, { slices, share }) => {
  const logits = segmentLesion(p, slices!);
  const found = tf.sigmoid(logits);
  const entropy = tf.sub(tf.softplus(logits), tf.mul(logits, share!));
  const weighted = tf.mean(tf.mul(entropy, tf.add(tf.mul(share!, 4), 1)));
  const overlap = tf.mul(tf.sum(tf.mul(found, share!)), 2);
  const dice = tf.sub(
    1,
    tf.div(tf.add(overlap, 1), tf.add(tf.add(tf.sum(tf.square(found)), tf.sum(tf.square(share!))), 1)),
  );
  return { loss: tf.add(tf.mul(weighted, 10), dice) };
};

/** One rendered image with its truth. */
interface Labelled {
  readonly slices: Float32Array;
  readonly share: Float32Array;
}

function labelled(
  patient: ImagedTumourPatient,
  day: number,
  options: { readonly isPosed: boolean; readonly isNoisy: boolean },
): Labelled {
  const { seed, index, days } = patient.course;
  const { voxels, lesion } = renderTumourVisit(seed, index, Math.round(day / 7), days[day]!.volumeCm3, options);
  const image = Float32Array.from(voxels);
  const { low, width } = intensityRangeOf(image)!;
  return {
    slices: withNeighbours(
      image.map((voxel) => (voxel - low) / width),
      TUMOUR_IMAGE_SHAPE,
    ),
    share: lesion,
  };
}

/**
 * Trains the segmenter on rendered visits, posed and in the neutral pose, with and without noise. Half of the slices of a
 * batch hold lesion.
 */
export async function trainLesionSegmenter(
  patients: { readonly train: readonly ImagedTumourPatient[]; readonly validation: readonly ImagedTumourPatient[] },
  options: { readonly seed: number; readonly steps: number; readonly checkpoint?: string; readonly identity: string },
  report?: (progress: TrainingReport) => void,
): Promise<TrainedWeights> {
  const { seed, steps } = options;
  const library = (of: readonly ImagedTumourPatient[]): Labelled[] =>
    of.flatMap((patient, index) => {
      const random = randomStream(seed, 'segmenter-images', patient.key);
      const day = (): number => patient.visitDays[random.index(patient.visitDays.length)]!;
      const kinds = index % 2 === 0 ? [true, false] : [false, false];
      return kinds.map((isPosed) => labelled(patient, day(), { isPosed, isNoisy: random.uniform() < 0.8 }));
    });
  const batchOf = (images: readonly Labelled[], name: number | string): Batch => {
    const random = randomStream(seed, 'segmenter-batch', name);
    const slices = new Float32Array(SLICES * PATCH * PATCH * SEGMENTER_CHANNELS);
    const share = new Float32Array(SLICES * PATCH * PATCH);
    for (let row = 0; row < SLICES; row++) {
      const image = images[random.index(images.length)]!;
      const all = Array.from({ length: DEPTH }, (_, slice) => slice);
      const wanted = row % 2 === 0 ? all.filter((slice) => centreOf(image.share, slice) !== null) : all;
      const slice = wanted[random.index(Math.max(1, wanted.length))] ?? 0;
      const centre = row % 2 === 0 ? centreOf(image.share, slice) : null;
      const placed = (middle: number, extent: number): number =>
        Math.min(extent - PATCH, Math.max(0, Math.round(middle - PATCH / 2 + random.between(-20, 20))));
      const top = centre === null ? random.index(HEIGHT - PATCH + 1) : placed(centre[0], HEIGHT);
      const left = centre === null ? random.index(WIDTH - PATCH + 1) : placed(centre[1], WIDTH);
      for (let y = 0; y < PATCH; y++) {
        const from = slice * PIXELS + (top + y) * WIDTH + left;
        const to = (row * PATCH + y) * PATCH;
        share.set(image.share.subarray(from, from + PATCH), to);
        slices.set(
          image.slices.subarray(from * SEGMENTER_CHANNELS, (from + PATCH) * SEGMENTER_CHANNELS),
          to * SEGMENTER_CHANNELS,
        );
      }
    }
    return { slices, share };
  };
  const [train, validation] = [library(patients.train), library(patients.validation)];
  return runTraining(
    {
      parameters: segmenterParameters(),
      loss,
      inputs: {
        slices: { shape: [SLICES, PATCH, PATCH, SEGMENTER_CHANNELS] },
        share: { shape: [SLICES, PATCH, PATCH, 1] },
      },
      batchAt: (step) => batchOf(train, step),
      validation: Array.from({ length: 4 }, (_, index) => batchOf(validation, `validation ${index}`)),
      learningRate: 4e-3,
      every: Math.max(25, Math.round(steps / 12)),
      patience: 5,
      ...options,
    },
    report,
  );
}

/** Of the lesion in one slice, [row, column]; null where there is none. */
function centreOf(share: Float32Array, slice: number): readonly [number, number] | null {
  let [mass, rows, columns] = [0, 0, 0];
  for (let pixel = 0; pixel < PIXELS; pixel++) {
    const here = share[slice * PIXELS + pixel]!;
    if (here === 0) continue;
    mass += here;
    rows += here * Math.floor(pixel / WIDTH);
    columns += here * (pixel % WIDTH);
  }
  return mass > 0 ? [rows / mass, columns / mass] : null;
}
