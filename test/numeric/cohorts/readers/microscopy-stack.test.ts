import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it, test } from 'vitest';
import { DomainError } from '../../../../src/errors.ts';
import { readTiffStack } from '../../../../src/integrations/image-files/read-tiff.ts';
import { writeTiffStack } from '../../../../src/integrations/image-files/write-tiff.ts';
import { growChannel } from '../../../../src/ml/cohorts/lac-operon/grow-channel.ts';
import { randomMedia } from '../../../../src/ml/cohorts/lac-operon/media-schedule.ts';
import { renderChannelFrame } from '../../../../src/ml/cohorts/lac-operon/render-frame.ts';
import {
  joinStack,
  readConditionTable,
  writeConditionTable,
} from '../../../../src/ml/cohorts/readers/microscopy-stack.ts';

const TABLE = 'stack,frame,minutes,condition\na,0,0,glucose\na,1,30,lactose\na,2,60,\nb,0,0,glucose\nb,1,30,\n';
const page = (fill: number, width = 3, height = 2) => ({
  width,
  height,
  pixels: new Uint16Array(width * height).fill(fill),
});

describe('a condition table', () => {
  it('comes back as it was written', () => {
    const stacks = readConditionTable(TABLE);
    expect([...stacks]).toEqual([
      ['a', { minutes: [0, 30, 60], conditions: ['glucose', 'lactose', ''] }],
      ['b', { minutes: [0, 30], conditions: ['glucose', ''] }],
    ]);
    expect(
      writeConditionTable([...stacks].map(([stack, { minutes, conditions }]) => ({ stack, minutes, conditions }))),
    ).toBe(TABLE);
  });

  test.each([
    ['a frame that is left out', TABLE.replace('a,1,30', 'a,2,30'), 'frame', /line 3.*frame 2/i],
    ['time that stands still', TABLE.replace('a,1,30', 'a,1,0'), 'minutes', /line 3.*minutes/i],
    ['a condition that is missing within', TABLE.replace('lactose', ''), 'condition', /frame 1 of "a"/i],
    ['a missing column', TABLE.replace('condition', 'medium'), 'condition', /no column "condition"/i],
    ['minutes that are no number', TABLE.replace('a,1,30', 'a,1,late'), 'minutes', /line 3/i],
  ])('with %s is refused', (_, text, field, message) => {
    const read = (): unknown => readConditionTable(text);
    expect(read).toThrow(DomainError);
    expect(read).toThrow(message);
    expect(read).toThrow(expect.objectContaining({ field }) as Error);
  });
});

describe('a stack', () => {
  const table = readConditionTable(TABLE);

  it('has channels within frames and the condition between frames', () => {
    const joined = joinStack(
      'a',
      [1, 2, 3, 4, 5, 6].map((fill) => page(fill)),
      2,
      table,
    );
    expect(joined).toMatchObject({ rows: 2, columns: 3, minutes: [0, 30, 60], conditions: ['glucose', 'lactose'] });
    expect(joined.frames.map((channels) => channels.map(([pixel]) => pixel))).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
  });

  test.each([
    ['without rows in the table', 'c', [page(1)], /no rows for the stack "c"/],
    ['with a page too few', 'b', [page(1), page(2), page(3)], /3 pages; 2 frames of 2 channels need 4/],
    ['with pages of unequal size', 'b', [page(1), page(2), page(3, 2, 3), page(4)], /page 3 of "b"/i],
  ])('%s is refused', (_, name, pages, message) => {
    expect(() => joinStack(name, pages, 2, table)).toThrow(message);
  });

  it('with a pixel that is no number is refused', () => {
    const bad = { width: 3, height: 2, pixels: new Float32Array(6).fill(NaN) };
    expect(() => joinStack('b', [bad, bad, bad, bad], 2, table)).toThrow(/page 1 of "b"/i);
  });
});

describe('the lac operon cohort as files', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'sequela-stacks-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is written by one command and read back to the counts of the simulator', () => {
    execFileSync(process.execPath, [
      'scripts/simulate-cohort.ts',
      'lac-operon',
      '--out',
      folder,
      '--stacks',
      '2',
      '--frames',
      '4',
      '--seed',
      '7',
    ]);
    expect(readdirSync(folder).sort()).toEqual(['channel-0000.tif', 'channel-0001.tif', 'conditions.csv']);
    const conditions = readConditionTable(readFileSync(path.join(folder, 'conditions.csv'), 'utf8'));
    const pages = readTiffStack({
      name: 'channel-0001.tif',
      bytes: readFileSync(path.join(folder, 'channel-0001.tif')),
    });
    expect(pages).toHaveLength(8);
    const stack = joinStack(
      'channel-0001',
      pages as { width: number; height: number; pixels: Uint16Array }[],
      2,
      conditions,
    );
    const media = randomMedia(7, 1, 4);
    expect(stack.conditions).toEqual(media);
    expect(stack.minutes).toEqual([0, 30, 60, 90]);
    const { phase, gfp } = renderChannelFrame(growChannel(7, 1, media), 3);
    expect(stack.frames[3]![0]).toEqual(Float32Array.from(phase));
    expect(stack.frames[3]![1]).toEqual(Float32Array.from(gfp));
  });

  it('is refused by the writer where pixels do not fit', () => {
    expect(() => writeTiffStack([{ ...page(1), width: 4 }])).toThrow(/page 0 has 6 pixels/);
    expect(() => writeTiffStack([])).toThrow(/at least one page/);
  });
});
