import { existsSync } from 'node:fs';
import path from 'node:path';
import { type BenchReport, describeMachine, targetOf } from '../bench/report.ts';
import { ConfigurationError } from '../src/errors.ts';
import { readImageFile } from '../src/integrations/image-files/read-image-file.ts';
import type { NetworkSettings } from '../src/ml/forecasting/image/network-settings.ts';
import { MINIMUM_PATIENTS } from '../src/ml/forecasting/skill.ts';
import { gainOf, intensityRangeOf } from '../src/ml/forecasting/intensity-range.ts';
import { registerVolumes } from '../src/ml/registration/register-volumes.ts';
import type { SeriesTask } from '../src/ml/training/image-series.ts';
import type { Volume } from '../src/twins/volume.ts';
import {
  answersOf,
  type HorizonBins,
  rmseRatio,
  scoreRows,
  scoreSubject,
  SERIES_BASELINES,
  type SubjectScore,
  trainVariant,
} from './image-series/experiment.ts';
import { writeSeriesSheet } from './image-series/picture-sheet.ts';
import { writeResults } from './judge/write-results.ts';

const DATA = path.join(import.meta.dirname, '..', '..', 'shared', 'data', 'mr-longitudinal/open_ms/longitudinal/raw');
const PATIENTS = ['01', '03'] as const;
const BINS: HorizonBins = [{ name: 'next visit', until: Infinity }];
const OURS = 'ConvLSTM';
/** What a server would answer: the network where it was better than the last image on enough other people. */
const ANSWERED = 'answered';
/** Side of the slices after averaging. */
const SIDE = 64;
/** A slice with less of the patient in it says nothing. */
const LEAST_BRIGHT = 0.15;

const NETWORK: NetworkSettings = {
  encoder: 'conv-lstm',
  attention: 'factorised',
  fusion: 'none',
  head: 'residual-displacement',
  time: 'real',
  frames: 1,
  height: SIDE,
  width: SIDE,
  channels: 1,
  guides: 0,
  variables: 0,
  treatments: 0,
  targets: 1,
  stride: 4,
  hidden: 16,
  layers: 1,
  heads: 4,
  tubelet: 1,
  embedding: 4,
  features: 8,
  unitDays: 1,
};

/**
 * A sanity table on real pairs of MR images: FLAIR of two people with multiple sclerosis, the second visit aligned to the first. Learned from
 * the slices of one person and judged on the other's, and the other way round: nothing more can be asked of two.
 */
export default async function openMs({ quick }: { readonly quick: boolean }): Promise<BenchReport> {
  if (!existsSync(DATA)) {
    throw new ConfigurationError('the real data are absent', ['there is no ../shared/data/mr-longitudinal/open_ms']);
  }
  const seeds = quick ? [41] : [41, 42, 43];
  const steps = quick ? 60 : 300;
  const slices = new Map<string, SeriesTask[]>();
  for (const patient of PATIENTS) slices.set(patient, await slicesOf(patient));
  const scores: SubjectScore[] = [];
  let declined = 0;
  let sheet = '';
  for (const seed of seeds) {
    for (const patient of PATIENTS) {
      const test = slices.get(patient)!;
      const others = PATIENTS.filter((one) => one !== patient).flatMap((one) => slices.get(one)!);
      const split = {
        train: others.filter((_, index) => index % 4 !== 0),
        validation: others.filter((_, index) => index % 4 === 0),
      };
      const trained = await trainVariant(`open-ms without ${patient}`, NETWORK, split, BINS, { seed, steps });
      const images = await answersOf(trained, test, BINS);
      const people = PATIENTS.length - 1;
      const isDeclined = people < MINIMUM_PATIENTS || trained.shrinkages.get(BINS[0]!.name) === 0;
      if (isDeclined) declined++;
      const judge = (subject: string, answers: readonly Float32Array[]): void => {
        scores.push(...scoreSubject(subject, test, answers, BINS, [1, SIDE, SIDE]));
      };
      const last = test.map(SERIES_BASELINES['last image']!);
      judge('last image', last);
      judge(OURS, images);
      judge(ANSWERED, isDeclined ? last : images);
      sheet = writeSeriesSheet(`open-ms-${patient}-${seed}`, test, images, [SIDE, SIDE], 0.3);
    }
  }
  const report: BenchReport = {
    name: 'open-ms',
    machine: describeMachine(1),
    seeds,
    rows: scoreRows('', scores),
    targets: [
      targetOf(
        `RMSE of what is answered relative to the last image (declined in ${declined} of ${seeds.length * PATIENTS.length} runs)`,
        rmseRatio(scores, ANSWERED, 'last image'),
        1,
        'max',
      ),
    ],
    notes: [
      `FLAIR of ${PATIENTS.length} people, axial slices averaged to ${SIDE} x ${SIDE}, second visit aligned to the first (affine) and brought to its brightness; ${steps} steps.`,
      'The ranges resample slices, which are not independent: two people say nothing of a third.',
      `Declined: the network could be tried on ${PATIENTS.length - 1} other person, and a server trusts nothing that fewer than ${MINIMUM_PATIENTS} have shown. Its own rows are what it would have said.`,
      `Pictures: ${sheet}`,
    ],
  };
  if (!quick) writeResults(report, {});
  return report;
}

async function slicesOf(patient: string): Promise<SeriesTask[]> {
  const load = async (study: number): Promise<Volume> => {
    const image = await readImageFile(path.join(DATA, `patient${patient}`, `study${study}_FLAIR.nii.gz`));
    if (image === null) throw new ConfigurationError('the real data cannot be read', [`study ${study} of ${patient}`]);
    return image.volume;
  };
  const [fixed, moving] = [await load(1), await load(2)];
  const { moved, reason } = registerVolumes(
    {
      fixed,
      moving,
      plan: {
        stages: ['rigid', 'affine'],
        cost: 'squared-difference',
        deformable: null,
        preprocessing: { percentiles: [0.5, 99.5], compare: 'everything', matchHistogram: false, side: 'any' },
        acceptance: { measure: 'masked-ssim', judged: 'global', accepted: 0.75, review: 0.7, evidence: 'not used' },
      },
    },
    () => performance.now(),
  );
  if (moved === null)
    throw new ConfigurationError('the visits could not be aligned', [`${patient}: ${String(reason)}`]);
  const range = intensityRangeOf(fixed.voxels)!;
  const gain = gainOf(moved.voxels, fixed.voxels, range);
  const [depth, height, width] = fixed.shape;
  return Array.from({ length: depth }, (_, slice) => slice).flatMap((slice): SeriesTask[] => {
    const cut = (voxels: Float32Array, scale: number): Float32Array =>
      averaged(
        voxels
          .subarray(slice * height * width, (slice + 1) * height * width)
          .map((x) => (x - range.low) / (range.width * scale)),
        [height, width],
      );
    const [before, after] = [cut(fixed.voxels, 1), cut(moved.voxels, gain)];
    if (before.filter((pixel) => pixel > 0.2).length < LEAST_BRIGHT * before.length) return [];
    const images = [before, after].map((image, day) => ({ day, image, values: [] }));
    return [{ series: { key: `${patient}/${slice}`, images }, known: [0], target: 1, plan: [] }];
  });
}

/** Mean over the pixels that fall into each of SIDE x SIDE places. */
function averaged(plane: Float32Array, [height, width]: readonly [number, number]): Float32Array {
  const sums = new Float32Array(SIDE * SIDE);
  const counts = new Float32Array(SIDE * SIDE);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const place = Math.floor((y * SIDE) / height) * SIDE + Math.floor((x * SIDE) / width);
      sums[place]! += plane[y * width + x]!;
      counts[place]! += 1;
    }
  }
  return sums.map((sum, place) => sum / Math.max(1, counts[place]!));
}
