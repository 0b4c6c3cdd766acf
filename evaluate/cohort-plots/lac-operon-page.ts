import { type ChannelCourse, growChannel } from '../../src/ml/cohorts/lac-operon/grow-channel.ts';
import { FRAME_MINUTES, type Medium, randomMedia } from '../../src/ml/cohorts/lac-operon/media-schedule.ts';
import { CHANNEL_GRID, channelValues, renderChannelFrame } from '../../src/ml/cohorts/lac-operon/render-frame.ts';
import { type Chart, type PictureStrip, svgPage } from '../judge/svg-chart.ts';
import { greyPicture } from './grey-picture.ts';

const SEED = 7;
const FRAMES = 24;
const STACKS = 8;

/** The lac operon cohort: GFP under switching media, lags of single cells, the same channel in other media, frames. */
export function lacOperonPage(): string {
  const courses = Array.from({ length: STACKS }, (_, stack) =>
    growChannel(SEED, stack, randomMedia(SEED, stack, FRAMES)),
  );
  const hours = (frame: number): number => (frame * FRAME_MINUTES) / 60;
  const series = (
    name: string,
    { frames }: ChannelCourse,
    of: (values: ReturnType<typeof channelValues>) => number,
  ) => ({
    name,
    points: frames.map((cells, frame) => ({ x: hours(frame), y: of(channelValues(cells)) })),
  });
  const switched = (media: readonly Medium[]): string => {
    const first = media.indexOf('lactose');
    return first < 0 ? 'glucose' : `lactose from ${hours(first)} h`;
  };
  const constant = (medium: Medium): Medium[] =>
    Array.from({ length: FRAMES - 1 }, (_, at) => (at < 4 ? 'glucose' : medium));
  const pulse = constant('lactose').map((medium, at): Medium => (at > 12 ? 'glucose' : medium));
  const arms: readonly (readonly [string, readonly Medium[]])[] = [
    ['glucose throughout', constant('glucose')],
    ['lactose from 2 h', constant('lactose')],
    ['lactose 2 to 6.5 h', pulse],
  ];
  const charts: Chart[] = [
    {
      title: 'Mean GFP of a channel, media switching at random',
      x: 'hours',
      y: 'GFP',
      yFromZero: true,
      series: courses.map((course, stack) =>
        series(`channel ${stack}: ${switched(course.media)}`, course, ({ gfp }) => gfp),
      ),
    },
    {
      title: 'Cells in a channel',
      x: 'hours',
      y: 'cells',
      yFromZero: true,
      series: courses.slice(0, 4).map((course, stack) => series(`channel ${stack}`, course, ({ cells }) => cells)),
    },
    {
      title: 'The same channel in other media',
      x: 'hours',
      y: 'GFP',
      yFromZero: true,
      series: arms.map(([name, media]) => series(name, growChannel(SEED, 0, media), ({ gfp }) => gfp)),
    },
    {
      title: 'Single cells of a channel, lactose from 2 h',
      x: 'hours',
      y: 'GFP',
      series: [
        {
          name: 'a cell',
          isPoints: true,
          points: growChannel(SEED, 0, constant('lactose')).frames.flatMap((cells, frame) =>
            cells.map(({ gfp }) => ({ x: hours(frame), y: gfp })),
          ),
        },
      ],
    },
  ];
  const shown = courses.find(({ media }) => media.includes('lactose') && media.indexOf('lactose') < 8)!;
  return svgPage('Cohort (c): lac operon in a mother machine', [
    ...charts,
    frames('Phase contrast', shown, 'phase', [3000, 26_000]),
    frames('GFP', shown, 'gfp', [300, 9000]),
  ]);
}

function frames(
  title: string,
  course: ChannelCourse,
  channel: 'phase' | 'gfp',
  range: readonly [number, number],
): PictureStrip {
  const { rows: height, columns: width } = CHANNEL_GRID;
  return {
    title: `${title} of channel ${course.stack}, every second frame; under it what flows next (G glucose, L lactose)`,
    pictures: Array.from({ length: FRAMES / 2 }, (_, half) => {
      const medium = course.media[2 * half] === 'lactose' ? 'L' : 'G';
      return greyPicture(
        renderChannelFrame(course, 2 * half)[channel],
        { width, height },
        range,
        `${half} h ${medium}`,
        1.6,
      );
    }),
  };
}
