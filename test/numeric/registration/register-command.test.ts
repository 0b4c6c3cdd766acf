import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMetaImage } from '../../../src/integrations/image-files/read-meta-image.ts';
import { readPng } from '../../../src/integrations/image-files/read-png.ts';
import { encodeMetaImage } from '../../../src/integrations/image-files/write-meta-image.ts';
import { encodePng } from '../../../src/integrations/image-files/write-png.ts';
import { readFieldMetaImage } from '../../../src/ml/registration/transform-files/field-meta-image.ts';
import { readItkTransform } from '../../../src/ml/registration/transform-files/itk-transform-text.ts';
import { fieldOfChain } from '../../../src/ml/registration/transform-files/transform-chain.ts';
import type { Volume } from '../../../src/twins/volume.ts';
import { choosePlan } from '../../../scripts/register/choose-plan.ts';
import { readOptions, type RegisterOptions } from '../../../scripts/register/options.ts';
import { mrSlice } from '../../support/dicom-builder.ts';
import { ELASTIX } from '../../support/real-servers.ts';
import { sharedData } from '../../support/shared-data.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const TRANSFORMIX = ELASTIX.file;
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'register-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function register(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(ROOT, 'scripts/register.ts'), ...args], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const image = (name: string): Volume => readMetaImage({ name, bytes: readFileSync(path.join(folder, name)) }).volume;

const figures = sharedData('registration/simpleelastix/Documentation/Sphinx/_static');
describe.skipIf(figures === null)('two real pictures (SimpleElastix; skipped where absent)', () => {
  const [fixed, moving] = ['', 'TranslatedR1013x17yS12'].map((name) => `${figures}/BrainProtonDensity${name}.png`) as [
    string,
    string,
  ];

  describe.each(['affine', 'ffd', 'demons'])('registered by %s', (method) => {
    let out = '';
    let report: { readonly files?: readonly string[]; readonly after?: unknown } = {};
    beforeAll(() => {
      out = path.join(folder, method);
      const { status, stdout, stderr } = register(fixed, moving, '--method', method, '--out', out, '--json');
      expect(stderr.split('\n').filter((line) => line !== '' && !line.startsWith('registering'))).toEqual([]);
      expect(status).toBe(0);
      report = JSON.parse(stdout) as typeof report;
    });

    it('leaves what the report lists', () => {
      expect(report).toMatchObject({ verdict: 'accepted', isDeformed: method !== 'affine' });
      expect(report.after).toMatchObject({ maskedSsim: expect.closeTo(1, 1) as number });
      expect(readdirSync(out).sort()).toEqual([...report.files!].sort());
      expect(JSON.parse(readFileSync(path.join(out, 'report.json'), 'utf8'))).toEqual(report);
      expect(readFileSync(path.join(out, 'report.txt'), 'utf8')).toMatch(/^ACCEPTED/);
      for (const name of ['checkerboard.png', 'difference.png']) {
        expect(readFileSync(path.join(out, name)).subarray(1, 4).toString()).toBe('PNG');
      }
    });

    it('moves the image onto the fixed one', () => {
      const moved = image(`${method}/moved.mha`).voxels;
      const reference = readPng({ name: 'fixed.png', bytes: readFileSync(fixed) }).volume.voxels;
      expect(moved).toHaveLength(reference.length);
      const unmoved = readPng({ name: 'moving.png', bytes: readFileSync(moving) }).volume.voxels;
      const distance = (voxels: Float32Array): number =>
        voxels.reduce((sum, value, index) => sum + Math.abs(value - reference[index]!), 0);
      // What is left is the noise of the two images.
      expect(distance(moved)).toBeLessThan(0.2 * distance(unmoved));
    });

    it.skipIf(!existsSync(TRANSFORMIX))('writes a map that transformix follows to the same image', () => {
      const input = path.join(folder, 'moving.mha');
      writeFileSync(input, encodeMetaImage(readPng({ name: 'moving.png', bytes: readFileSync(moving) }).volume));
      const there = path.join(out, 'by-transformix');
      mkdirSync(there);
      const parameters = report.files!.findLast((file) => file.startsWith('TransformParameters'))!;
      execFileSync(
        TRANSFORMIX,
        ['-in', input, '-tp', path.join(out, parameters), '-out', there],
        // What it names in turn is named without its folder.
        { cwd: out, stdio: 'ignore' },
      );
      const name = readdirSync(there).find((file) => file.startsWith('result.'));
      const theirs = image(`${method}/by-transformix/${name}`).voxels;
      const ours = image(`${method}/moved.mha`).voxels;
      // Of 255 grey values; where the moving image ends, the two fill differently.
      const apart = ours.map((value, index) => Math.abs(value - theirs[index]!)).sort();
      expect(apart[Math.floor(0.97 * apart.length)]).toBeLessThan(0.255);
    });
  });

  it('writes splines that are the field, in a small file', () => {
    const read = (name: string): Buffer => readFileSync(path.join(folder, 'ffd', name));
    const field = readFieldMetaImage(read('displacement.mha'));
    const text = read('transform.tfm');
    expect(text.length).toBeLessThan(read('displacement.mha').length / 10);
    const { vectorsMm } = fieldOfChain(readItkTransform(text.toString('utf8')), field.geometry);
    const apart = vectorsMm.map((value, index) => Math.abs(value - field.vectorsMm[index]!));
    expect(apart.reduce((most, value) => Math.max(most, value), 0)).toBeLessThan(1e-3);
  });

  it('that show different things are refused, with pictures of how they lie and the reason', () => {
    const upsideDown = path.join(folder, 'noise.png');
    const data = Uint8Array.from({ length: 128 * 128 }, (_, index) => (index * 7919) % 251);
    writeFileSync(upsideDown, encodePng({ width: 128, height: 128, channels: 1, data }));
    const out = path.join(folder, 'refused');
    const { status, stdout } = register(fixed, upsideDown, '--method', 'rigid', '--out', out);
    expect(status).toBe(3);
    expect(stdout).toMatch(/^REFUSED: /);
    expect(readdirSync(out).sort()).toEqual([
      'checkerboard-before.png',
      'difference-before.png',
      'report.json',
      'report.txt',
    ]);
  });
});

describe('a plan by the method alone', () => {
  const grid = (shape: Volume['shape']): Volume => ({
    voxels: new Float32Array(0),
    shape,
    spacingMm: [1, 1, 1],
    originMm: [0, 0, 0],
    direction: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  });
  const options = readOptions(['a.png', 'b.png', '--out', 'there', '--method', 'voxelmorph']) as RegisterOptions;

  it('deforms slices by the newest network, which is refined', async () => {
    expect((await choosePlan(options, grid([1, 256, 192]))).deformable).toMatchObject({
      model: expect.stringMatching(/^registration-2d-\d/) as string,
      refinement: { gridSpacingMm: 16 },
    });
  });

  it('says how to get a network where none is trained for such images', async () => {
    await expect(choosePlan(options, grid([40, 64, 64]))).rejects.toMatchObject({
      problems: [expect.stringContaining('npm run train')],
    });
  });
});

describe('input that cannot be registered', () => {
  const small = (name: string, voxels: readonly number[], changes: Partial<Volume> = {}): string => {
    const file = path.join(folder, name);
    const volume: Volume = {
      voxels: Float32Array.from(voxels),
      shape: [1, 1, voxels.length],
      spacingMm: [1, 1, 1],
      originMm: [0, 0, 0],
      direction: [1, 0, 0, 0, 1, 0, 0, 0, 1],
      ...changes,
    };
    writeFileSync(file, encodeMetaImage(volume));
    return file;
  };
  const square = (of: (index: number) => number) => Array.from({ length: 400 }, (_, index) => of(index));
  const shape = { shape: [1, 20, 20] } as const;

  it.each([
    [
      'blank',
      () =>
        small(
          'blank.mha',
          square(() => 0),
          shape,
        ),
      3,
      /blank/i,
    ],
    [
      'with NaN',
      () =>
        small(
          'nan.mha',
          square((i) => (i === 7 ? Number.NaN : i)),
          shape,
        ),
      3,
      /REFUSED/,
    ],
    ['of one pixel', () => small('pixel.mha', [1]), 3, /REFUSED/],
    [
      'a volume beside a slice',
      () =>
        small(
          'volume.mha',
          square((i) => i % 37),
          { shape: [4, 10, 10] },
        ),
      3,
      /single slice/,
    ],
    ['absent', () => path.join(folder, 'absent.mha'), 1, /absent\.mha: path/],
    ['no image', () => path.join(ROOT, 'package.json'), 1, /package\.json holds no image/],
  ] as const)('%s is named, and nothing breaks', (_, moving, code, words) => {
    const fixed = small(
      'ramp.mha',
      square((index) => (index * index) % 91),
      shape,
    );
    const { status, stdout, stderr } = register(fixed, moving(), '--out', path.join(folder, 'bad'));
    expect(stdout + stderr).toMatch(words);
    expect(status).toBe(code);
  });

  it('the images of two patients are registered only when that is said', () => {
    const [a, b] = ['P1', 'P2'].map((patient) => {
      const file = path.join(folder, `${patient}.dcm`);
      writeFileSync(file, mrSlice(0, { PatientID: patient }));
      return file;
    }) as [string, string];
    const out = path.join(folder, 'patients');
    const { status, stderr } = register(a, b, '--out', out);
    expect([status, stderr]).toEqual([1, expect.stringContaining('--any-patient')]);
    expect(register(a, b, '--any-patient', '--out', out).status).not.toBe(1);
  });

  it('a picture beside an image in millimetres needs a spacing', () => {
    const png = path.join(folder, 'p.png');
    writeFileSync(
      png,
      encodePng({ width: 20, height: 20, channels: 1, data: Uint8Array.from(square((i) => i % 200)) }),
    );
    const { status, stderr } = register(
      small(
        'mm.mha',
        square((i) => i),
        shape,
      ),
      png,
      '--out',
      path.join(folder, 'x'),
    );
    expect([status, stderr]).toEqual([1, expect.stringContaining('--spacing')]);
  });

  it.each([
    [['one'], /Two images are needed/],
    [['a', 'b'], /--out DIR is needed/],
    [['a', 'b', '--out', 'c', '--method', 'magic'], /--method must be one of/],
    [['a', 'b', '--out', 'c', '--method', 'ffd', '--disease', 'x'], /three ways/],
    [['a', 'b', '--out', 'c', '--spacing', '1,-1'], /--spacing must be/],
    [['a', 'b', '--out', 'c', '--fast'], /fast/],
  ])('the arguments %j are refused', (args, words) => {
    expect(() => readOptions(args)).toThrow(words);
  });

  it('wrong arguments are answered with the usage', () => {
    const { status, stderr } = register('one');
    expect(status).toBe(2);
    expect(stderr).toContain('usage: npm run register');
  });
});

const slices = sharedData('registration/simpleelastix/Documentation/Sphinx/_static/BrainProtonDensity.png');
it.skipIf(slices === null)('thresholds are proposed from pairs that people have judged (skipped where absent)', () => {
  const pairs = path.join(folder, 'pairs');
  const names = ['Translated13x17y', 'TranslatedR1013x17y', 'TranslatedR1013x17yS12', 'Translated13x17y', 'BSplined'];
  names.forEach((name, index) => {
    const pair = path.join(pairs, 'accepted', String(index));
    mkdirSync(pair, { recursive: true });
    const [a, b] = [slices!, slices!.replace('.png', `${name}.png`)];
    // The same pair the other way round is another pair.
    cpSync(a, path.join(pair, index === 3 ? 'moving.png' : 'fixed.png'));
    cpSync(b, path.join(pair, index === 3 ? 'fixed.png' : 'moving.png'));
  });
  const wrong = path.join(pairs, 'refused', 'noise');
  mkdirSync(wrong, { recursive: true });
  cpSync(slices!, path.join(wrong, 'fixed.png'));
  const data = Uint8Array.from({ length: 128 * 128 }, (_, index) => (index * 7919) % 251);
  writeFileSync(path.join(wrong, 'moving.png'), encodePng({ width: 128, height: 128, channels: 1, data }));
  const { status, stdout } = register('--calibrate', pairs, '--disease', 'multiple-sclerosis-mri', '--json');
  expect(status).toBe(0);
  const proposal = JSON.parse(stdout) as {
    accepted: number;
    review: number;
    falseAccepts: number;
    values: { accepted: number[]; refused: number[] };
  };
  expect(proposal.values.accepted).toHaveLength(5);
  expect(Math.min(...proposal.values.accepted)).toBeGreaterThan(proposal.review);
  expect(Math.max(...proposal.values.refused)).toBeLessThan(proposal.review);
  expect(proposal).toMatchObject({ falseAccepts: 0, isWritten: false });
});
