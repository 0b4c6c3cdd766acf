import { randomStream } from '../../src/ml/cohorts/random-stream.ts';
import {
  compose,
  identityMatrix,
  rotationOfEuler,
  transformPoint,
  type Matrix4,
} from '../../src/ml/registration/transform.ts';
import { loadImage } from '../../src/composition/load-image.ts';
import type { RegistrationPlan } from '../../src/twins/registration-plan.ts';
import type { Volume, VolumeGeometry } from '../../src/twins/volume.ts';
import { progressBar } from '../../scripts/progress-bar.ts';
import { readItkTransform } from '../../test/support/read-itk-transform.ts';
import { spread, targetOf, type BenchRow, type BenchTarget } from '../report.ts';
import { elastixVersion, registerByElastix, type PeerMap } from './elastix.ts';
import { displacementsOfMatrix } from './map-error.ts';
import { planWith, registerHere } from './ours.ts';
import { distanceTo } from './real-pairs.ts';
import type { BenchOptions, Findings } from './synthetic.ts';
import { dataFile } from './textures.ts';

/** Patient and study of open_ms of which both contrasts are there. */
const SCANS = [
  ['01', 1],
  ['01', 2],
  ['03', 2],
] as const;
const TRIALS = { full: 3, quick: 1 };
const MOST_DEGREES = 10;
const MOST_MM = 15;

const OURS = 'ours, affine with MI';
const ELASTIX = 'elastix, affine with MI';

/**
 * FLAIR and T1 of one session, the T1 image moved rigidly by a known transform of its header, so that no voxel is touched:
 * what is sought is that transform after the one that the authors supply for the motion of the patient between the two.
 */
export async function benchCrossContrast({ quick, seed }: BenchOptions): Promise<Findings> {
  const show = progressBar();
  const plan: RegistrationPlan = { ...planWith(null), cost: 'mutual-information' };
  const hasElastix = elastixVersion() !== null;
  const measured = new Map<string, { readonly mm: number; readonly processorMs: number }[]>();
  const scans = SCANS.slice(0, quick ? 1 : SCANS.length);
  const trials = quick ? TRIALS.quick : TRIALS.full;
  let done = 0;
  for (const [patient, study] of scans) {
    const folder = dataFile(`mr-longitudinal/open_ms/longitudinal/raw/patient${patient}`);
    if (folder === null) continue;
    const contrast = async (name: string): Promise<Volume> =>
      (await loadImage(`${folder}/study${study}_${name}.nii.gz`)).volume;
    const [fixed, other] = [await contrast('FLAIR'), await contrast('T1W')];
    const supplied = readItkTransform(`${folder}/study${study}_T1W_intrastudy_to_FLAIR.txt`);
    for (let trial = 0; trial < trials; trial++) {
      const motion = rigidMotion(other, seed, patient, study, trial);
      const moving = { ...other, ...movedGeometry(other, motion) };
      const distance = distanceTo(displacementsOfMatrix(compose(motion, supplied), fixed), fixed);
      const keep = (subject: string, { displacements, processorMs }: Omit<PeerMap, 'wallMs'>): void => {
        measured.set(subject, [...(measured.get(subject) ?? []), { mm: distance(displacements), processorMs }]);
      };
      keep('headers', { displacements: new Float32Array(3 * fixed.voxels.length), processorMs: 0 });
      keep(OURS, registerHere(fixed, moving, plan));
      if (hasElastix) {
        const options = { stages: ['rigid', 'affine'], iterations: null, gridSpacingMm: 32 } as const;
        keep(ELASTIX, await registerByElastix(fixed, moving, options));
      }
      show('two contrasts', ++done / (trials * scans.length));
    }
  }
  const rows = [...measured].flatMap(([subject, all]): BenchRow[] => {
    const row = (metric: string, unit: string, values: readonly number[]): BenchRow => ({
      case: `open_ms, FLAIR and moved T1 of one session, ${all.length} pairs`,
      subject,
      metric,
      unit,
      ...spread(values),
    });
    const error = row(
      'mean distance from the known transform',
      'mm',
      all.map(({ mm }) => mm),
    );
    return subject === 'headers'
      ? [error]
      : [
          error,
          row(
            'processor time',
            'ms',
            all.map(({ processorMs }) => processorMs),
          ),
        ];
  });
  return { rows, targets: targetsOf(measured), notes: rows.length === 0 ? [] : [NOTE] };
}

const NOTE =
  'FLAIR and T1: the known rigid transform follows the one that the authors supply for the session, whose own error is in every row';

function targetsOf(measured: ReadonlyMap<string, readonly { readonly mm: number }[]>): BenchTarget[] {
  const [ours, peer] = [measured.get(OURS), measured.get(ELASTIX)];
  if (ours === undefined || peer === undefined) return [];
  const median = (all: readonly { readonly mm: number }[]): number => spread(all.map(({ mm }) => mm)).value;
  return [targetOf('FLAIR and T1: median distance, mm, at most that of elastix', median(ours), median(peer), 'max')];
}

/** A turn about the middle of an image, up to 10 degrees about each axis, and a shift of up to 15 mm along each. */
function rigidMotion(image: Volume, ...keys: (string | number)[]): Matrix4 {
  const random = randomStream('cross contrast', ...keys);
  const turn = (): number => (random.between(-MOST_DEGREES, MOST_DEGREES) * Math.PI) / 180;
  const rotation = rotationOfEuler(turn(), turn(), turn());
  const [x, y, z] = middleOf(image);
  const motion = identityMatrix();
  for (let row = 0; row < 3; row++) {
    const [a, b, c] = rotation.subarray(3 * row, 3 * row + 3);
    motion.set([a!, b!, c!, [x, y, z][row]! - a! * x - b! * y - c! * z + random.between(-MOST_MM, MOST_MM)], 4 * row);
  }
  return motion;
}

function middleOf({ shape, spacingMm, originMm, direction }: VolumeGeometry): [number, number, number] {
  const along = [2, 1, 0].map((axis) => ((shape[axis]! - 1) / 2) * spacingMm[axis]!);
  return [0, 1, 2].map((row) =>
    along.reduce((sum, mm, axis) => sum + direction[3 * row + axis]! * mm, originMm[row]!),
  ) as [number, number, number];
}

/** Where an image lies after a rigid motion. */
function movedGeometry(
  { originMm, direction }: VolumeGeometry,
  motion: Matrix4,
): Pick<VolumeGeometry, 'originMm' | 'direction'> {
  return {
    originMm: transformPoint(motion, ...originMm),
    direction: [0, 1, 2].flatMap((row) =>
      [0, 1, 2].map((axis) => [0, 1, 2].reduce((sum, k) => sum + motion[4 * row + k]! * direction[3 * k + axis]!, 0)),
    ),
  };
}
