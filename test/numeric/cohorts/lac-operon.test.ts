import { describe, expect, it } from 'vitest';
import { CHANNEL_LENGTH_UM, growChannel } from '../../../src/ml/cohorts/lac-operon/grow-channel.ts';
import { type Medium, randomMedia } from '../../../src/ml/cohorts/lac-operon/media-schedule.ts';
import { CHANNEL_GRID, channelValues, renderChannelFrame } from '../../../src/ml/cohorts/lac-operon/render-frame.ts';

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const repeat = (medium: Medium, times: number): Medium[] => Array.from({ length: times }, () => medium);
const stacks = Array.from({ length: 12 }, (_, stack) => stack);

describe('media', () => {
  it('begin with glucose, switch at random and belong to the stack', () => {
    const schedules = stacks.map((stack) => randomMedia(3, stack, 40));
    expect(schedules.every((media) => media.length === 39 && media[0] === 'glucose' && media[1] === 'glucose')).toBe(
      true,
    );
    const switches = schedules.flatMap((media) => media.slice(3).map((one, k) => Number(one !== media[k + 2])));
    expect(mean(switches)).toBeGreaterThan(0.13);
    expect(mean(switches)).toBeLessThan(0.27);
    expect(randomMedia(3, 4, 40)).toEqual(schedules[4]);
    expect(new Set(schedules.map((media) => media.join())).size).toBe(stacks.length);
  });
});

describe('cells', () => {
  it('lie end to end from the closed end, and none has its middle beyond the mouth', () => {
    for (const cells of growChannel(1, 0, randomMedia(1, 0, 30)).frames) {
      let end = 0;
      for (const { topUm, lengthUm } of cells) {
        expect(topUm).toBeCloseTo(end, 9);
        end = topUm + lengthUm;
        expect(topUm + lengthUm / 2).toBeLessThanOrEqual(CHANNEL_LENGTH_UM + 1e-9);
      }
      expect(end).toBeGreaterThan(0.7 * CHANNEL_LENGTH_UM);
    }
  });

  it('double about every 70 minutes in glucose and come from a cell of the frame before', () => {
    const births: number[] = [];
    for (const stack of stacks) {
      const { frames } = growChannel(2, stack, repeat('glucose', 40));
      births.push(frames.at(-1)![0]!.lineage.length - frames[0]![0]!.lineage.length);
      frames.slice(1).forEach((cells, before) => {
        const parents = frames[before]!.map(({ lineage }) => lineage);
        expect(cells.every(({ lineage }) => parents.some((parent) => lineage.startsWith(parent)))).toBe(true);
      });
    }
    expect((40 * 30) / mean(births)).toBeGreaterThan(62);
    expect((40 * 30) / mean(births)).toBeLessThan(80);
  });

  it('light up only after a lag that differs from cell to cell, earlier when they remember lactose', () => {
    const half = (media: readonly Medium[], from: number): number =>
      mean(
        stacks.map((stack) => {
          const { frames } = growChannel(6, stack, media);
          const induced = frames.slice(from).map((cells) => mean(cells.map(({ isInduced }) => Number(isInduced))));
          return induced.findIndex((share) => share >= 0.5);
        }),
      );
    const fresh = half([...repeat('glucose', 3), ...repeat('lactose', 6)], 3);
    const remembered = half([...repeat('lactose', 12), 'glucose', ...repeat('lactose', 6)], 13);
    expect(fresh).toBeGreaterThan(1);
    expect(fresh).toBeLessThan(3.5);
    expect(remembered).toBeLessThan(0.7 * fresh);
    const shares = stacks.map((stack) =>
      mean(growChannel(6, stack, repeat('lactose', 2)).frames[2]!.map(({ isInduced }) => Number(isInduced))),
    );
    expect(shares.some((share) => share > 0 && share < 1)).toBe(true);
  });

  it('dilute what they hold by growth alone once they are back in glucose', () => {
    for (const stack of stacks) {
      const { frames } = growChannel(8, stack, [...repeat('lactose', 10), ...repeat('glucose', 6)]);
      const levels = frames.slice(10).map((cells) => channelValues(cells).gfp);
      // The first intervals still mature what was made before.
      expect(levels[5]! / levels[2]!).toBeGreaterThan(0.5 ** (90 / 50));
      expect(levels[5]! / levels[2]!).toBeLessThan(0.5 ** (90 / 95));
    }
  });

  it('differ by the media alone from the same channel in other media', () => {
    const media = randomMedia(5, 3, 20);
    const other = media.map((medium, interval): Medium => (interval < 10 ? medium : 'lactose'));
    const [one, two] = [growChannel(5, 3, media), growChannel(5, 3, other)];
    expect(two.frames.slice(0, 11)).toEqual(one.frames.slice(0, 11));
    expect(growChannel(5, 3, media)).toEqual(one);
    const always = growChannel(5, 3, repeat('lactose', 19)).frames.map((cells) => channelValues(cells).gfp);
    const never = growChannel(5, 3, repeat('glucose', 19)).frames.map((cells) => channelValues(cells).gfp);
    expect(always.at(-1)!).toBeGreaterThan(20 * never.at(-1)!);
    expect(always.at(-1)!).toBeGreaterThan(0.6);
    expect(always.at(-1)!).toBeLessThan(1.5);
  });
});

describe('a frame', () => {
  const course = growChannel(5, 1, [...repeat('glucose', 2), ...repeat('lactose', 14)]);
  const { rows, columns, pixelUm } = CHANNEL_GRID;

  it('shows every cell, as long as it is', () => {
    const cells = course.frames[5]!;
    const { labels } = renderChannelFrame(course, 5, CHANNEL_GRID, { isNoisy: false });
    for (const [index, { lengthUm }] of cells.slice(0, -1).entries()) {
      const area = labels.reduce((count, label) => count + Number(label === index + 1), 0) * pixelUm ** 2;
      // A rod of width 1: rectangle and two half discs.
      expect(area / (lengthUm - 1 + Math.PI / 4)).toBeGreaterThan(0.9);
      expect(area / (lengthUm - 1 + Math.PI / 4)).toBeLessThan(1.1);
    }
    expect(labels.length).toBe(rows * columns);
  });

  it('is brighter in GFP in proportion to what the cells hold, and darker in phase where they are', () => {
    const perCell = [4, 8, 12, 16].map((frame) => {
      const { gfp, labels } = renderChannelFrame(course, frame, CHANNEL_GRID, { isNoisy: false });
      const inside = [...gfp].filter((_, pixel) => labels[pixel]! > 0);
      return { light: mean(inside) - 480, gfp: channelValues(course.frames[frame]!).gfp };
    });
    const ratio = perCell.slice(1).map(({ light, gfp }) => light / gfp);
    expect(Math.max(...ratio) / Math.min(...ratio)).toBeLessThan(1.15);
    const { phase, labels } = renderChannelFrame(course, 4);
    const phaseOf = (isCell: boolean): number => mean([...phase].filter((_, pixel) => labels[pixel]! > 0 === isCell));
    expect(phaseOf(true)).toBeLessThan(0.7 * phaseOf(false));
  });

  it('has the same bytes every time', () => {
    expect(renderChannelFrame(course, 7)).toEqual(renderChannelFrame(course, 7));
  });
});
