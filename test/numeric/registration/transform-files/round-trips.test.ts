import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../../../../src/errors.ts';
import { componentsOf, latticeOver, pointsOf } from '../../../../src/ml/registration/deformable/control-lattice.ts';
import { fieldOf } from '../../../../src/ml/registration/deformable/field-sampler.ts';
import { fieldOfSplines } from '../../../../src/ml/registration/deformable/spline-deformation.ts';
import {
  readElastixTransform,
  writeElastixTransform,
} from '../../../../src/ml/registration/transform-files/elastix-parameters.ts';
import {
  readFieldMetaImage,
  writeFieldMetaImage,
} from '../../../../src/ml/registration/transform-files/field-meta-image.ts';
import { readFieldNifti, writeFieldNifti } from '../../../../src/ml/registration/transform-files/field-nifti.ts';
import {
  readItkTransform,
  writeItkTransform,
} from '../../../../src/ml/registration/transform-files/itk-transform-text.ts';
import {
  chainOfMatrix,
  chainOfSplines,
  fieldOfChain,
  matrixOfChain,
  type TransformChain,
} from '../../../../src/ml/registration/transform-files/transform-chain.ts';
import { identityMatrix, rotationOfEuler, type Matrix4 } from '../../../../src/ml/registration/transform.ts';
import type { DisplacementField, SplineDeformation } from '../../../../src/twins/registration.ts';
import type { VolumeGeometry } from '../../../../src/twins/volume.ts';
import { gridOf, randomOf } from '../../../support/synthetic-anatomy.ts';

const tilted = Array.from(rotationOfEuler(0.2, -0.1, 0.4));
const axial = gridOf([1, 40, 30], [1, 2, 2.5], [1, 0, 0, 0, 1, 0, 0, 0, 1], [12, -7, 0]);
const slice = gridOf([1, 40, 30], [6, 2, 2.5], tilted, [12, -7, 30]);
const volume = gridOf([14, 20, 18], [5, 4, 4.5], tilted, [20, -30, 40]);

function affineOf(isRigid: boolean, flat: boolean): Matrix4 {
  const matrix = identityMatrix();
  const rotation = flat ? rotationOfEuler(0, 0, 0.3) : rotationOfEuler(0.1, -0.2, 0.3);
  for (let row = 0; row < (flat ? 2 : 3); row++) {
    matrix.set(
      rotation.subarray(3 * row, 3 * row + 3).map((value) => (isRigid ? value : 1.05 * value + 0.01)),
      4 * row,
    );
    if (flat) {
      matrix[4 * row + 2] = 0;
    }
    matrix[4 * row + 3] = 3.25 - row;
  }
  return matrix;
}

function splinesOn(image: VolumeGeometry, initial: Matrix4): SplineDeformation {
  const lattice = latticeOver(image, 22);
  const random = randomOf(6);
  const length = componentsOf(image) * pointsOf(lattice);
  return { initial, lattice, image, coefficients: Float64Array.from({ length }, () => 6 * (random() - 0.5)) };
}

const farthest = (a: DisplacementField, b: DisplacementField): number =>
  a.vectorsMm.reduce((most, value, index) => Math.max(most, Math.abs(value - b.vectorsMm[index]!)), 0);

const throughElastix = (chain: TransformChain, grid: VolumeGeometry): TransformChain => {
  const files = writeElastixTransform(chain, grid);
  return readElastixTransform(files.at(-1)!.text, (name) => files.find((file) => file.name === name)!.text);
};

describe.each([
  ['an axial slice', axial, 2],
  ['a tilted slice', slice, 3],
  ['a tilted volume', volume, 3],
] as const)('splines and a matrix on %s', (_, grid, dimension) => {
  const splines = splinesOn(grid, affineOf(false, dimension === 2));
  const chain = chainOfSplines(splines);

  it('are the same map as a chain', () => {
    expect(chain.dimension).toBe(dimension);
    expect(farthest(fieldOfChain(chain, grid), fieldOfSplines(splines, grid))).toBeLessThan(2e-5);
  });

  it('come back from ITK text and from elastix parameters as they were', () => {
    expect(readItkTransform(writeItkTransform(chain))).toEqual(chain);
    const again = throughElastix(chain, grid);
    expect(again.steps.map(({ kind }) => kind)).toEqual(['splines', 'matrix']);
    expect(farthest(fieldOfChain(again, grid), fieldOfChain(chain, grid))).toBeLessThan(1e-5);
  });
});

describe.each([2, 3] as const)('a matrix in %i dimensions', (dimension) => {
  it.each([true, false])('comes back from both kinds of files (rigid: %s)', (isRigid) => {
    const matrix = affineOf(isRigid, dimension === 2);
    const chain = chainOfMatrix(matrix, dimension, isRigid);
    for (const again of [
      readItkTransform(writeItkTransform(chain)),
      throughElastix(chain, dimension === 2 ? axial : volume),
    ]) {
      expect(again.steps).toMatchObject([{ kind: 'matrix', isRigid }]);
      const found = matrixOfChain(again)!;
      expect(Math.max(...found.map((value, index) => Math.abs(value - matrix[index]!)))).toBeLessThan(1e-12);
    }
  });

  it('that is no rotation is not written as one', () => {
    const chain = chainOfMatrix(affineOf(false, dimension === 2), dimension, true);
    expect(() => writeItkTransform(chain)).toThrow(/not rigid/);
  });
});

it("reads ITK's and elastix's own ways to say the same: centres, the order ZYX, a grid index, comments", () => {
  const euler = [
    '#Insight Transform File V1.0',
    '#Transform 0',
    'Transform: Euler3DTransform_double_3_3',
    'Parameters: 0.1 -0.2 0.3 1 2 3',
    'FixedParameters: 10 20 30 1',
    '',
  ].join('\n');
  const rotation = rotationOfEuler(0.1, -0.2, 0.3);
  const matrix = matrixOfChain(readItkTransform(euler))!;
  for (let row = 0; row < 3; row++) {
    const a = rotation.subarray(3 * row, 3 * row + 3);
    expect(matrix[4 * row]).toBeCloseTo(a[0]!, 12);
    expect(matrix[4 * row + 3]).toBeCloseTo(row + 1 + 10 * (row + 1) - (10 * a[0]! + 20 * a[1]! + 30 * a[2]!), 12);
  }
  const shift =
    '(Transform "TranslationTransform") // moves\n(TransformParameters 1.5 -2)\n// ITK 2\n(FixedImageDimension 2)\n';
  expect(Array.from(matrixOfChain(readElastixTransform(shift, String))!.filter((_, k) => k % 4 === 3))).toEqual([
    1.5, -2, 0, 1,
  ]);
  const [spline, ...rest] = writeElastixTransform(chainOfSplines(splinesOn(volume, identityMatrix())), volume);
  const moved = spline!.text.replace('(GridIndex 0 0 0)', '(GridIndex 1 0 0)');
  const grids = [spline!.text, moved].map((text) => readElastixTransform(text, String).steps[0]!);
  const [first, second] = grids.map((step) => (step.kind === 'splines' ? step.grid.originMm : []));
  expect(Math.hypot(...first!.map((value, row) => value - second![row]!))).toBeCloseTo(22, 9);
  expect(rest).toHaveLength(1);
});

it.each([
  ['no transform', 'hello', /not an ITK transform/],
  ['an empty file', '#Insight Transform File V1.0\n', /names no transform/],
  [
    'an unknown kind',
    '#Insight Transform File V1.0\nTransform: ScaleSkewVersor3DTransform_double_3_3\nParameters: 1\n',
    /cannot be read/,
  ],
  [
    'too few numbers',
    '#Insight Transform File V1.0\nTransform: AffineTransform_double_3_3\nParameters: 1 2\nFixedParameters: 0 0 0\n',
    /needs 9 numbers/,
  ],
  [
    'a broken number',
    '#Insight Transform File V1.0\nTransform: AffineTransform_double_2_2\nParameters: 1 0 0 x 0 0\nFixedParameters: 0 0\n',
    /needs 4 numbers/,
  ],
  [
    'a wrong grid',
    '#Insight Transform File V1.0\nTransform: BSplineTransform_double_2_2\nParameters: 1 2 3\nFixedParameters: 9 9 0 0 1 1 1 0 0 1\n',
    /has 81 points/,
  ],
])('an ITK file with %s is refused with its reason', (_, text, message) => {
  expect(() => readItkTransform(text)).toThrow(DomainError);
  expect(() => readItkTransform(text)).toThrow(message);
});

it.each([
  ['of no dimension', '(Transform "AffineTransform")\n', /FixedImageDimension/],
  ['of an unknown kind', '(Transform "WeightedCombinationTransform")\n(FixedImageDimension 2)\n', /cannot be read/],
  ['without parameters', '(Transform "EulerTransform")\n(FixedImageDimension 2)\n', /must be a list of numbers/],
  [
    'that builds on itself',
    '(Transform "TranslationTransform")\n(TransformParameters 1 2)\n(FixedImageDimension 2)\n(InitialTransformParametersFileName "a")\n',
    /leads back/,
  ],
])('an elastix file %s is refused with its reason', (_, text, message) => {
  expect(() => readElastixTransform(text, () => text)).toThrow(message);
});

describe('a displacement field', () => {
  const waveOn = (grid: VolumeGeometry) =>
    fieldOf(grid, (x, y, z, out) => out.set([3 * Math.sin(y / 9), 2 * Math.cos(x / 8), grid === axial ? 0 : z / 20]));

  it.each([
    ['MetaImage', volume, (field: DisplacementField) => readFieldMetaImage(writeFieldMetaImage(field, 3))],
    ['MetaImage of a slice', axial, (field: DisplacementField) => readFieldMetaImage(writeFieldMetaImage(field, 2))],
    ['NIfTI', volume, (field: DisplacementField) => readFieldNifti(writeFieldNifti(field))],
    ['gzipped NIfTI', slice, (field: DisplacementField) => readFieldNifti(gzipSync(writeFieldNifti(field)))],
  ] as const)('comes back from %s', (_, grid, through) => {
    const field = waveOn(grid);
    const again = through(field);
    expect(again.vectorsMm).toEqual(field.vectorsMm);
    expect(again.geometry.shape).toEqual(grid.shape);
    for (const key of ['spacingMm', 'originMm', 'direction'] as const) {
      again.geometry[key].forEach((value, index) => expect(value).toBeCloseTo(field.geometry[key][index]!, 4));
    }
  });

  it.each([
    ['MetaImage', (field: DisplacementField) => writeFieldMetaImage(field, 3), readFieldMetaImage],
    ['NIfTI', writeFieldNifti, readFieldNifti],
  ])('read of a part of a larger buffer as %s is its own', (_, write, read) => {
    const field = waveOn(volume);
    const file = write(field);
    // As Node hands out small files: somewhere in memory that others use.
    const pool = Buffer.alloc(file.length + 64, 0xff);
    const part = pool.subarray(13, 13 + file.length);
    part.set(file);
    const { vectorsMm, geometry } = read(part);
    pool.fill(0xff);
    expect(geometry.shape).toEqual(volume.shape);
    expect(vectorsMm).toEqual(field.vectorsMm);
    // Moved into another thread, it takes nothing along and leaves nothing behind.
    expect(vectorsMm.buffer.byteLength).toBe(vectorsMm.byteLength);
  });

  it('that is cut off, or is none, is refused', () => {
    const field = waveOn(volume);
    expect(() => readFieldMetaImage(writeFieldMetaImage(field, 3).subarray(0, 5000))).toThrow(/ends before/);
    expect(() => readFieldNifti(writeFieldNifti(field).subarray(0, 5000))).toThrow(/ends before/);
    expect(() => readFieldNifti(new Uint8Array(10))).toThrow(/not a little-endian NIfTI/);
    expect(() => readFieldNifti(Uint8Array.of(0x1f, 0x8b, 3))).toThrow(/cannot be unzipped/);
    expect(() => readFieldMetaImage(new TextEncoder().encode('hello'))).toThrow(/not a MetaImage/);
    expect(() => writeFieldMetaImage(field, 2)).toThrow(/single slice/);
  });
});
