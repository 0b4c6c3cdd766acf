import { afterAll, describe, expect, it } from 'vitest';
import { foregroundOf } from '../../../src/ml/registration/foreground.ts';
import { applyWindow, windowOf } from '../../../src/ml/registration/intensity-window.ts';
import { registerVolumes } from '../../../src/ml/registration/register-volumes.ts';
import { compose, indexToWorld, invert, transformPoint, type Matrix4 } from '../../../src/ml/registration/transform.ts';
import type { RegistrationPlan } from '../../../src/twins/registration-plan.ts';
import type { RegistrationResult } from '../../../src/twins/registration.ts';
import type { Volume } from '../../../src/twins/volume.ts';
import { readJpeg, readPng, type GreyImage } from '../../support/read-grey-image.ts';
import { readItkTransform } from '../../support/read-itk-transform.ts';
import { readNifti } from '../../support/read-nifti.ts';
import { planOf } from '../../support/registration-plan.ts';
import { sharedData } from '../../support/shared-data.ts';

const measured: string[] = [];
afterAll(() => {
  process.stdout.write(measured.map((line) => `${line}\n`).join(''));
});

function register(
  name: string,
  fixed: Volume,
  moving: Volume,
  stages?: RegistrationPlan['stages'],
): RegistrationResult {
  const result = registerVolumes({ fixed, moving, plan: planOf(stages) }, () => performance.now());
  const shown = (measures: RegistrationResult['after']) =>
    measures === null ? 'none' : `SSIM ${measures.maskedSsim.toFixed(3)} NMI ${measures.nmi.toFixed(3)}`;
  measured.push(
    `${name}: ${result.verdict}, ${result.method}, before ${shown(result.before)}, after ${shown(result.after)}, ${Math.round(result.elapsedMs)} ms`,
  );
  return result;
}

function sliceOf({ width, height, pixels }: GreyImage): Volume {
  return {
    voxels: pixels,
    shape: [1, height, width],
    spacingMm: [1, 1, 1],
    originMm: [0, 0, 0],
    direction: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  };
}

function mirrored(volume: Volume): Volume {
  const width = volume.shape[2];
  const voxels = new Float32Array(volume.voxels.length);
  for (let row = 0; row < voxels.length; row += width) {
    voxels.set(volume.voxels.slice(row, row + width).reverse(), row);
  }
  return { ...volume, voxels };
}

const figures = sharedData('registration/simpleelastix/Documentation/Sphinx/_static');
describe.skipIf(figures === null)('proton density slice with the truth in its name (skipped where absent)', () => {
  const load = (name: string) => sliceOf(readPng(`${figures}/BrainProtonDensity${name}.png`));
  const degreesOf = ({ transform }: RegistrationResult): number =>
    (Math.atan2(transform.matrix[4]!, transform.matrix[0]!) * 180) / Math.PI;

  it('shifted by 13 and 17 pixels', () => {
    const { verdict, transform } = register('PD 13x17y', load(''), load('Translated13x17y'));
    expect(verdict).toBe('accepted');
    const [x, y] = transformPoint(Float64Array.from(transform.matrix), 110, 128, 0);
    expect(Math.hypot(x - 123, y - 145)).toBeLessThan(0.1);
  });

  it('turned by 10 degrees as well', () => {
    const result = register('PD R10 13x17y', load(''), load('TranslatedR1013x17y'), ['rigid']);
    expect(result.verdict).toBe('accepted');
    expect(Math.abs(degreesOf(result))).toBeCloseTo(10, 1);
  });

  it('scaled by 1.2 as well', () => {
    const result = register('PD R10 13x17y S1.2', load(''), load('TranslatedR1013x17yS12'));
    expect(result).toMatchObject({ verdict: 'accepted', method: 'affine' });
    const scale = Math.hypot(result.transform.matrix[0]!, result.transform.matrix[4]!);
    expect(Math.max(scale, 1 / scale)).toBeCloseTo(1.2, 2);
    expect(Math.abs(degreesOf(result))).toBeCloseTo(10, 1);
  });
});

const slices = sharedData('registration/ants/data');
describe.skipIf(slices === null)('brain slices of different people (ANTs; skipped where absent)', () => {
  const load = async (name: string) => sliceOf(await readJpeg(`${slices}/${name}slice.jpg`, 256, 256));

  it.each([
    ['r16', 'r64'],
    ['r16', 'r85'],
    ['r27', 'r62'],
    ['r30', 'r85'],
  ])('%s and %s are not accepted as one patient', async (a, b) => {
    expect(register(`${a} to ${b}`, await load(a), await load(b)).verdict).toBe('refused');
  });

  it('mirrored are not accepted', async () => {
    const image = await load('r64');
    expect(register('r64 to its mirror image', image, mirrored(image)).verdict).toBe('refused');
  });
});

const patients = sharedData('mr-longitudinal/open_ms/longitudinal/raw');
describe.skipIf(patients === null)('FLAIR follow-up of two patients (open_ms; skipped where absent)', () => {
  const study = (patient: string, number: 1 | 2) =>
    readNifti(`${patients}/patient${patient}/study${number}_FLAIR.nii.gz`);
  const toCommonSpace = (patient: string, number: 1 | 2) =>
    readItkTransform(`${patients}/patient${patient}/study${number}_FLAIR_to_common_space.txt`);

  function errorMm(fixed: Volume, found: readonly number[], truth: Matrix4): number {
    const voxels = applyWindow(fixed.voxels, windowOf(fixed.voxels, [0.5, 99.5])!);
    const foreground = foregroundOf({ ...fixed, voxels });
    const toWorld = indexToWorld(fixed);
    const [depth, height, width] = fixed.shape;
    let sum = 0;
    let count = 0;
    for (let z = 0; z < depth; z++) {
      for (let y = 0; y < height; y += 8) {
        for (let x = 0; x < width; x += 8) {
          if (foreground[(z * height + y) * width + x] === 1) {
            const point = transformPoint(toWorld, x, y, z);
            const a = transformPoint(Float64Array.from(found), ...point);
            const b = transformPoint(truth, ...point);
            sum += Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
            count++;
          }
        }
      }
    }
    return sum / count;
  }

  it.each([
    ['01', 0.5],
    ['03', 2.2],
  ])('patient %s is accepted, within %f mm of the supplied transform', (patient, limit) => {
    const fixed = study(patient, 1);
    const result = register(`patient ${patient}, study 1 to 2`, fixed, study(patient, 2));
    const truth = compose(toCommonSpace(patient, 2), invert(toCommonSpace(patient, 1)));
    const error = errorMm(fixed, result.transform.matrix, truth);
    measured.push(`patient ${patient}: ${error.toFixed(2)} mm from the supplied transform`);
    expect(result.verdict).toBe('accepted');
    expect(error).toBeLessThan(limit);
    expect(result.after!.maskedSsim).toBeGreaterThan(result.before!.maskedSsim + 0.3);
    expect(result.after!.nmi).toBeGreaterThan(result.before!.nmi);
  });

  it('the other patient is refused', () => {
    expect(register('patient 01 to 03', study('01', 1), study('03', 1)).verdict).toBe('refused');
    expect(register('patient 03 to 01', study('03', 1), study('01', 2)).verdict).toBe('refused');
  });

  it('a mirrored follow-up is not accepted, although a brain is nearly symmetric', () => {
    const first = register('patient 01 to its mirror image', study('01', 1), mirrored(study('01', 2)));
    expect(first).toMatchObject({ verdict: 'refused', moved: null });
    const second = register('patient 03 to its mirror image', study('03', 1), mirrored(study('03', 2)));
    expect(second).toMatchObject({ verdict: 'refused', reason: expect.stringContaining('left and right') });
  });
});
