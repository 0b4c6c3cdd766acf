import { channelValues, renderChannelFrame } from '../../src/ml/cohorts/lac-operon/render-frame.ts';
import { growChannel } from '../../src/ml/cohorts/lac-operon/grow-channel.ts';
import { FRAME_MINUTES, randomMedia } from '../../src/ml/cohorts/lac-operon/media-schedule.ts';
import type { ConditionedStack } from '../../src/ml/cohorts/readers/microscopy-stack.ts';
import type { ImageSeries, SeriesTask } from '../../src/ml/training/image-series.ts';

/** Half the resolution of the cohort's frames. */
const GRID = { rows: 64, columns: 16, pixelUm: 0.44 };
const MINUTES_PER_DAY = 1440;
/** Counts of the camera that become 1, by channel: phase contrast, GFP. */
const WHITE = [30_000, 12_000] as const;
const FRAMES = 12;

/** A stack with the condition between its frames; lactose is 1. */
export interface OperonSeries extends ImageSeries {
  readonly lactose: readonly number[];
  readonly size: readonly [rows: number, columns: number, channels: number];
}

/** Simulated stacks of a mother machine under switching media. */
export function simulatedStacks(seed: number, count: number): OperonSeries[] {
  return Array.from({ length: count }, (_, stack) => {
    const course = growChannel(seed, stack, randomMedia(seed, stack, FRAMES));
    return {
      key: `${seed}/${stack}`,
      lactose: course.media.map((medium) => Number(medium === 'lactose')),
      size: [GRID.rows, GRID.columns, 2] as const,
      images: course.frames.map((cells, frame) => {
        const { phase, gfp } = renderChannelFrame(course, frame, GRID);
        const { gfp: brightness, motherLengthUm, cells: number } = channelValues(cells);
        return {
          day: (frame * FRAME_MINUTES) / MINUTES_PER_DAY,
          image: interleaved([phase, gfp], WHITE),
          values: [(brightness - 0.4) / 0.4, (motherLengthUm - 3.2) / 0.8, (number - 7) / 2],
        };
      }),
    };
  });
}

/** Real stacks, cut and averaged to sizes that the network takes; no values beside the images. */
export function seriesOfStack({ stack, rows, columns, frames, minutes, conditions }: ConditionedStack): OperonSeries {
  const factor = Math.max(1, Math.ceil(Math.max(rows / 96, columns / 96)));
  const [height, width] = [rows, columns].map((extent) => Math.floor(extent / factor / 4) * 4) as [number, number];
  const channels = frames[0]!.length;
  const white = Array.from({ length: channels }, (_, channel) => brightest(frames.map((frame) => frame[channel]!)));
  return {
    key: stack,
    lactose: conditions.map((condition) => Number(/lac/i.test(condition))),
    size: [height, width, channels],
    images: frames.map((frame, index) => ({
      day: minutes[index]! / MINUTES_PER_DAY,
      image: interleaved(
        frame.map((page) => averaged(page, columns, factor, [height, width])),
        white,
      ),
      values: [],
    })),
  };
}

function interleaved(pages: readonly ArrayLike<number>[], white: readonly number[]): Float32Array {
  const image = new Float32Array(pages[0]!.length * pages.length);
  pages.forEach((page, channel) => {
    for (let pixel = 0; pixel < page.length; pixel++)
      image[pixel * pages.length + channel] = page[pixel]! / white[channel]!;
  });
  return image;
}

function averaged(
  page: Float32Array,
  columns: number,
  factor: number,
  [height, width]: readonly [number, number],
): Float32Array {
  const small = new Float32Array(height * width);
  for (let y = 0; y < height * factor; y++) {
    for (let x = 0; x < width * factor; x++) {
      small[Math.floor(y / factor) * width + Math.floor(x / factor)]! += page[y * columns + x]! / factor ** 2;
    }
  }
  return small;
}

/** The 99.5th percentile over all frames of a channel. */
function brightest(pages: readonly Float32Array[]): number {
  const all = Float32Array.from(pages.flatMap((page) => Array.from(page.filter((_, pixel) => pixel % 7 === 0)))).sort();
  return Math.max(1e-6, all[Math.floor(0.995 * (all.length - 1))]!);
}

/** Every next frame, from `history` frames at most. @param lactoseOf the condition of an interval; that of the stack unless said otherwise. */
export function operonTasks(
  one: OperonSeries,
  history: number,
  lactoseOf: (interval: number) => number = (interval) => one.lactose[interval]!,
): SeriesTask[] {
  const conditioned: ImageSeries = {
    key: one.key,
    // The condition that led to a frame is a value of it, as the seed has it.
    images: one.images.map(({ values, ...image }, frame) =>
      Object.assign(image, { values: [...values, frame === 0 ? 0 : lactoseOf(frame - 1)] }),
    ),
  };
  return Array.from({ length: one.images.length - 3 }, (_, index) => {
    const origin = index + 2;
    const first = Math.max(0, origin + 1 - history);
    return {
      series: conditioned,
      known: Array.from({ length: origin + 1 - first }, (_frame, k) => first + k),
      target: origin + 1,
      plan: [lactoseOf(origin)],
    };
  });
}
