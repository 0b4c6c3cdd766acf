import { foregroundOf } from '../../src/ml/registration/foreground.ts';
import { applyWindow, windowOf } from '../../src/ml/registration/intensity-window.ts';
import { compose, indexToWorld, invert, transformPoint, type Matrix4 } from '../../src/ml/registration/transform.ts';
import { loadImage } from '../../src/composition/load-image.ts';
import type { RegistrationPlan } from '../../src/twins/registration-plan.ts';
import { voxelCount, type Volume } from '../../src/twins/volume.ts';
import { readItkTransform } from '../../test/support/read-itk-transform.ts';
import { spread, type BenchRow } from '../report.ts';
import { elastixVersion, registerByElastix, type ElastixOptions } from './elastix.ts';
import { displacementsOfMatrix } from './map-error.ts';
import { freeForm, planWith, registerHere } from './ours.ts';
import { progressBar } from '../../scripts/progress-bar.ts';
import type { BenchOptions, Findings } from './synthetic.ts';
import { dataFile } from './textures.ts';

/** Displacements of a map on the grid of the fixed image: planar [3][D,H,W], LPS mm. */
type Displacements = Float32Array;
type Score = (found: Displacements) => number;

interface Subject {
  readonly name: string;
  readonly register: (fixed: Volume, moving: Volume) => Promise<Displacements> | Displacements;
}

const show = progressBar();
const OPEN_MS = 'mr-longitudinal/open_ms/longitudinal/raw';
const DEEPREG = 'registration/deepreg/data/test/nifti/paired';

/** Real pairs against what their authors supply: rigid transforms of follow-up MRI, labels of ultrasound volumes. */
export async function benchRealPairs({ quick }: BenchOptions): Promise<Findings> {
  return {
    rows: [...(await followUp(quick ? ['01'] : ['01', '03'])), ...(await labelled(quick ? 1 : 4))],
    targets: [],
    notes: [
      'open_ms: the supplied transforms are rigid estimates of the authors, not gold; a deformation that follows disease and noise moves away from them',
    ],
  };
}

const subjectsOf = (plan: RegistrationPlan, gridSpacingMm: number, iterations: number | null): Subject[] => {
  const peer = (stages: ElastixOptions['stages']) => async (fixed: Volume, moving: Volume) =>
    (await registerByElastix(fixed, moving, { stages, iterations, gridSpacingMm })).displacements;
  const deformed = { ...plan, deformable: freeForm('mutual-information', gridSpacingMm) };
  return [
    { name: 'headers', register: (fixed) => new Float32Array(3 * fixed.voxels.length) },
    { name: 'ours, affine', register: (fixed, moving) => registerHere(fixed, moving, plan).displacements },
    { name: 'ours, FFD with MI', register: (fixed, moving) => registerHere(fixed, moving, deformed).displacements },
    ...(elastixVersion() === null
      ? []
      : [
          { name: 'elastix, affine', register: peer(['rigid', 'affine']) },
          { name: 'elastix, B-splines', register: peer(['rigid', 'affine', 'bspline']) },
        ]),
  ];
};

async function followUp(patients: readonly string[]): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const [index, patient] of patients.entries()) {
    const folder = dataFile(`${OPEN_MS}/patient${patient}`);
    if (folder === null) continue;
    const study = async (number: 1 | 2): Promise<Volume> =>
      (await loadImage(`${folder}/study${number}_FLAIR.nii.gz`)).volume;
    const toCommonSpace = (number: 1 | 2): Matrix4 =>
      readItkTransform(`${folder}/study${number}_FLAIR_to_common_space.txt`);
    const [fixed, moving] = [await study(1), await study(2)];
    const score = distanceTo(displacementsOfMatrix(compose(toCommonSpace(2), invert(toCommonSpace(1))), fixed), fixed);
    for (const { name, register } of subjectsOf(planWith(null), 32, null)) {
      const value = score(await register(fixed, moving));
      rows.push({
        case: `open_ms patient ${patient}, FLAIR, study 1 to 2`,
        subject: name,
        metric: 'mean distance from the supplied transform',
        value,
        unit: 'mm',
      });
    }
    show('follow-up of real patients', (index + 1) / patients.length);
  }
  return rows;
}

/** Mean distance in mm from another map over the foreground. */
export function distanceTo(truth: Displacements, fixed: Volume): Score {
  const foreground = foregroundOf({
    ...fixed,
    voxels: applyWindow(fixed.voxels, windowOf(fixed.voxels, [0.5, 99.5])!),
  });
  const count = voxelCount(fixed.shape);
  return (found) => {
    let [sum, masked] = [0, 0];
    for (let i = 0; i < count; i++) {
      if (foreground[i] === 0) continue;
      masked++;
      sum += Math.hypot(...[0, 1, 2].map((axis) => found[axis * count + i]! - truth[axis * count + i]!));
    }
    return sum / masked;
  };
}

/** The first label of each pair is the organ; the two images are of different scanners. */
async function labelled(pairs: number): Promise<BenchRow[]> {
  const cases = [
    ...['025', '026'].map((number) => `test/FOLDER/case000${number}.nii.gz`),
    ...['000', '001', '002', '003'].map((number) => `train/FOLDER/case000${number}.nii.gz`),
  ].slice(0, pairs);
  const plan: RegistrationPlan = { ...planWith(null), cost: 'mutual-information' };
  const scores = new Map<string, number[]>();
  for (const [index, name] of cases.entries()) {
    const load = async (folder: string, frame: string): Promise<Volume | null> => {
      const file = dataFile(`${DEEPREG}/${name.replace('FOLDER', folder)}`);
      return file === null ? null : (await loadImage(file + frame)).volume;
    };
    const [fixed, moving] = [await load('fixed_images', ''), await load('moving_images', '')];
    const [fixedLabel, movingLabel] = [await load('fixed_labels', '#0'), await load('moving_labels', '#0')];
    if (fixed === null || moving === null || fixedLabel === null || movingLabel === null) continue;
    const score = diceOf(fixedLabel, movingLabel);
    for (const { name: subject, register } of subjectsOf(plan, 6, null)) {
      scores.set(subject, [...(scores.get(subject) ?? []), score(await register(fixed, moving))]);
    }
    show('labelled real volumes', (index + 1) / cases.length);
  }
  return Array.from(scores, ([subject, values]) => ({
    case: `DeepReg, ${values.length} pairs of MR and ultrasound of the prostate`,
    subject,
    metric: 'Dice of the gland',
    unit: '',
    ...spread(values),
  }));
}

/** Overlap of two labels under a map, the moving one by its nearest voxel (Dice 1945). */
function diceOf(fixed: Volume, moving: Volume): Score {
  const [depth, height, width] = fixed.shape;
  const [lastZ, lastY, lastX] = moving.shape;
  const count = voxelCount(fixed.shape);
  const [toWorld, toIndex] = [indexToWorld(fixed), invert(indexToWorld(moving))];
  return (found) => {
    let [both, either] = [0, 0];
    for (let z = 0, i = 0; z < depth; z++) {
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++, i++) {
          const [px, py, pz] = transformPoint(toWorld, x, y, z);
          const at = transformPoint(toIndex, px + found[i]!, py + found[count + i]!, pz + found[2 * count + i]!);
          const [mx, my, mz] = at.map(Math.round) as [number, number, number];
          const isInside = mx >= 0 && my >= 0 && mz >= 0 && mx < lastX && my < lastY && mz < lastZ;
          const a = Number(fixed.voxels[i]! > 0.5);
          const b = Number(isInside && moving.voxels[(mz * lastY + my) * lastX + mx]! > 0.5);
          both += a * b;
          either += a + b;
        }
      }
    }
    return (2 * both) / either;
  };
}
