/**
 * `node scripts/simulate-cohort.ts lac-operon --out FOLDER [--stacks N] [--frames N] [--seed N]` writes mother-machine channels as
 * 16-bit TIFF stacks of two channels (phase contrast, GFP) with `conditions.csv`; `atrophy --out FILE [--patients N] [--seed N]`
 * writes courses that `npm run train` reads.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { writeTiffStack } from '../src/integrations/image-files/write-tiff.ts';
import {
  ATROPHY_TREATMENT,
  ATROPHY_VARIABLES,
  atrophyCourse,
  simulateAtrophyCohort,
} from '../src/ml/cohorts/atrophy/simulate-atrophy-patient.ts';
import { growChannel } from '../src/ml/cohorts/lac-operon/grow-channel.ts';
import { FRAME_MINUTES, randomMedia } from '../src/ml/cohorts/lac-operon/media-schedule.ts';
import { CHANNEL_GRID, renderChannelFrame } from '../src/ml/cohorts/lac-operon/render-frame.ts';
import { writeCohortExport } from '../src/ml/cohorts/readers/cohort-export.ts';
import { writeConditionTable } from '../src/ml/cohorts/readers/microscopy-stack.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: 'string' },
    seed: { type: 'string', default: '1' },
    stacks: { type: 'string', default: '12' },
    frames: { type: 'string', default: '24' },
    patients: { type: 'string', default: '200' },
  },
});
const [cohort] = positionals;
const { out } = values;
const count = (name: 'seed' | 'stacks' | 'frames' | 'patients', least: number): number => {
  const number = Number(values[name]);
  if (!Number.isInteger(number) || number < least) fail(`--${name} must be a whole number of ${least} or more`);
  return number;
};
if (out === undefined || (cohort !== 'lac-operon' && cohort !== 'atrophy')) {
  fail(
    'usage: node scripts/simulate-cohort.ts lac-operon|atrophy --out PATH [--seed N] [--stacks N] [--frames N] [--patients N]',
  );
} else if (cohort === 'lac-operon') {
  writeStacks(out, count('seed', 0), count('stacks', 1), count('frames', 2));
} else {
  writeCourses(out, count('seed', 0), count('patients', 1));
}

function writeStacks(folder: string, seed: number, stacks: number, frames: number): void {
  mkdirSync(folder, { recursive: true });
  const { rows: height, columns: width } = CHANNEL_GRID;
  const table = Array.from({ length: stacks }, (_, stack) => {
    const media = randomMedia(seed, stack, frames);
    const course = growChannel(seed, stack, media);
    const pages = Array.from({ length: frames }, (_frame, frame) => renderChannelFrame(course, frame)).flatMap(
      ({ phase, gfp }) => [phase, gfp].map((pixels) => ({ width, height, pixels })),
    );
    const name = `channel-${String(stack).padStart(4, '0')}`;
    writeFileSync(path.join(folder, `${name}.tif`), writeTiffStack(pages));
    return {
      stack: name,
      minutes: Array.from({ length: frames }, (_frame, frame) => frame * FRAME_MINUTES),
      conditions: media,
    };
  });
  writeFileSync(path.join(folder, 'conditions.csv'), writeConditionTable(table));
  console.log(`${stacks} stacks of ${frames} frames and conditions.csv in ${folder}`);
}

function writeCourses(file: string, seed: number, patients: number): void {
  const courses = Array.from(simulateAtrophyCohort({ seed, patients }), (patient) => ({
    patient: `simulated-${seed}-${patient.index}`,
    course: atrophyCourse(patient),
  }));
  const units = {
    ...Object.fromEntries(Object.entries(ATROPHY_VARIABLES).map(([key, { unit }]) => [key, unit])),
    [ATROPHY_TREATMENT]: 'mg',
    age: 'a',
  };
  mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  writeFileSync(file, JSON.stringify(writeCohortExport(courses, units)));
  console.log(`${patients} courses in ${file}`);
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
