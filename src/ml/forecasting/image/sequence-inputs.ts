import { EHR_FIELDS } from './ehr-embedding.ts';
import { imageNetworkInputs } from './image-network.ts';
import type { NetworkSettings } from './network-settings.ts';

/** One variable at one time. */
export interface KnownValue {
  /** Standardised. */
  readonly value: number;
  readonly ageDays: number;
}

/** One visit as the network sees it. */
export interface SequenceVisit {
  /** Days relative to the origin, 0 or less. */
  readonly day: number;
  /** [H,W,C], intensities about 0..1. */
  readonly image: Float32Array;
  /** In the order of the variables; null where missing. */
  readonly values: readonly (KnownValue | null)[];
}

/** One question to the network. */
export interface ImageSequence {
  /** Oldest first; the last one is the origin. Older ones than the network takes are left out. */
  readonly visits: readonly SequenceVisit[];
  readonly intervalDays: number;
  /** Scaled amounts planned up to the target. */
  readonly plan: readonly number[];
  /** [H,W,C]; the image of the origin where left out. */
  readonly anchor?: Float32Array;
  /** [H,W,C]; the mean over the visits that the network takes where left out. */
  readonly mean?: Float32Array;
  /** [H,W,G] */
  readonly guide?: Float32Array;
}

/**
 * Inputs of the network for one question, batch 1. Absent images of a short history are zeros under a mask.
 * @throws {RangeError} for an image of another size.
 */
export function sequenceInputs(settings: NetworkSettings, sequence: ImageSequence): Record<string, Float32Array> {
  const { frames: count, height, width, channels, variables, treatments, guides, unitDays } = settings;
  const pixels = height * width * channels;
  const visits = sequence.visits.slice(-count);
  const absent = count - visits.length;
  const frames = new Float32Array(count * pixels);
  const mask = new Float32Array(count);
  const ages = new Float32Array(count);
  const ehr = new Float32Array(count * variables * EHR_FIELDS);
  visits.forEach(({ day, image, values }, index) => {
    if (image.length !== pixels) {
      throw new RangeError(
        `the network takes images of ${height} x ${width} x ${channels}, found ${image.length} elements`,
      );
    }
    const frame = absent + index;
    frames.set(image, frame * pixels);
    mask[frame] = 1;
    ages[frame] = -day / unitDays;
    values.slice(0, variables).forEach((known, variable) => {
      if (known === null) return;
      ehr.set([known.value, Math.min(10, known.ageDays / unitDays), 1], (frame * variables + variable) * EHR_FIELDS);
    });
  });
  // An absent image is as old as the oldest one: no time passes before the first.
  ages.fill(ages[absent]!, 0, absent);
  const last = visits.at(-1)!.image;
  const inputs: Record<string, Float32Array> = {
    frames,
    mask,
    ages,
    ehr,
    plan: Float32Array.from({ length: treatments }, (_, index) => sequence.plan[index] ?? 0),
    interval: Float32Array.of(sequence.intervalDays / unitDays),
    anchor: sequence.anchor ?? last,
    mean: sequence.mean ?? meanOf(visits.map(({ image }) => image)),
    guide: sequence.guide ?? new Float32Array(height * width * guides),
  };
  return Object.fromEntries(Object.keys(imageNetworkInputs(settings, 1)).map((name) => [name, inputs[name]!]));
}

/** Several questions as one batch. */
export function stacked(questions: readonly Readonly<Record<string, Float32Array>>[]): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.keys(questions[0]!).map((name) => {
      const { length } = questions[0]![name]!;
      const all = new Float32Array(length * questions.length);
      questions.forEach((one, index) => all.set(one[name]!, index * length));
      return [name, all];
    }),
  );
}

/** Element by element. */
export function meanOf(images: readonly Float32Array[]): Float32Array {
  const mean = new Float32Array(images[0]!.length);
  for (const image of images) for (let k = 0; k < mean.length; k++) mean[k]! += image[k]! / images.length;
  return mean;
}
