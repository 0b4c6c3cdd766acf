import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { componentsOf, latticeOver, pointsOf } from '../../../../src/ml/registration/deformable/control-lattice.ts';
import { fieldOfSplines } from '../../../../src/ml/registration/deformable/spline-deformation.ts';
import { warpVolume } from '../../../../src/ml/registration/deformable/warp-volume.ts';
import {
  writeElastixFieldTransform,
  writeElastixTransform,
} from '../../../../src/ml/registration/transform-files/elastix-parameters.ts';
import { writeFieldMetaImage } from '../../../../src/ml/registration/transform-files/field-meta-image.ts';
import { writeFieldNifti } from '../../../../src/ml/registration/transform-files/field-nifti.ts';
import {
  chainOfMatrix,
  chainOfSplines,
  fieldOfChain,
} from '../../../../src/ml/registration/transform-files/transform-chain.ts';
import { identityMatrix, rotationOfEuler } from '../../../../src/ml/registration/transform.ts';
import type { DisplacementField } from '../../../../src/twins/registration.ts';
import { voxelCount, type Volume } from '../../../../src/twins/volume.ts';
import { gridOf, randomOf, scanOf } from '../../../support/synthetic-anatomy.ts';

const hasTransformix = spawnSync('transformix', ['--version']).status === 0;
if (!hasTransformix) {
  console.log('skipped: transformix is not installed (apt-get install elastix)');
}
const folder = mkdtempSync(join(tmpdir(), 'transformix-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A MetaImage of float voxels; a slice becomes one of two dimensions where these are wanted. */
function metaImageOf({ voxels, shape, spacingMm, originMm, direction }: Volume, dimension: 2 | 3): Uint8Array {
  const long = dimension === 2 ? [0, 1] : [0, 1, 2];
  const header = `ObjectType = Image
NDims = ${dimension}
BinaryData = True
BinaryDataByteOrderMSB = False
TransformMatrix = ${long.flatMap((axis) => long.map((row) => direction[3 * row + axis])).join(' ')}
Offset = ${long.map((row) => originMm[row]).join(' ')}
ElementSpacing = ${long.map((axis) => spacingMm[2 - axis]).join(' ')}
DimSize = ${long.map((axis) => shape[2 - axis]).join(' ')}
ElementType = MET_FLOAT
ElementDataFile = LOCAL
`;
  return Buffer.concat([Buffer.from(header), Buffer.from(voxels.buffer, voxels.byteOffset, voxels.byteLength)]);
}

/** What transformix makes of an image with the transform in a file. */
function resampledBy(transformFile: string, moving: Volume, dimension: 2 | 3, count: number): Float32Array {
  writeFileSync(join(folder, 'moving.mha'), metaImageOf(moving, dimension));
  const args = ['-in', 'moving.mha', '-tp', transformFile, '-out', '.', '-threads', '1'];
  execFileSync('transformix', args, { cwd: folder, stdio: 'ignore' });
  const bytes = readFileSync(join(folder, 'result.mha'));
  return new Float32Array(new Uint8Array(bytes.subarray(bytes.length - 4 * count)).buffer);
}

/** The largest difference over the range of values, of voxels that fall well between voxels of the moving image. */
function differenceOf(ours: Float32Array, theirs: Float32Array, isBetween: Uint8Array): number {
  const range = ours.reduce((most, value) => Math.max(most, value), 0);
  return ours.reduce(
    (most, value, index) => (isBetween[index] === 1 ? Math.max(most, Math.abs(value - theirs[index]!) / range) : most),
    0,
  );
}

/** 1 where a field leads to between voxels of the image that are not the outermost: beyond these, border rules differ. */
function betweenVoxels(image: Volume, field: DisplacementField): Uint8Array {
  const [depth, height, width] = image.shape;
  const isBorder = (at: number, length: number) => length > 1 && (at === 0 || at === length - 1);
  const voxels = image.voxels.map((_, i) => {
    const [x, y, z] = [i % width, Math.floor(i / width) % height, Math.floor(i / width / height)];
    return isBorder(x, width) || isBorder(y, height) || isBorder(z, depth) ? 0 : 1;
  });
  return Uint8Array.from(warpVolume({ ...image, voxels }, field, { outside: 0 }).voxels, (value) =>
    value > 0 ? 1 : 0,
  );
}

const tilted = Array.from(rotationOfEuler(0.2, -0.1, 0.4));
const cases = [
  ['an axial slice', gridOf([1, 90, 80], [1, 1.5, 1.75], [1, 0, 0, 0, 1, 0, 0, 0, 1], [12, -7, 0]), 2],
  ['a tilted volume', gridOf([20, 34, 30], [6, 4, 4.5], tilted, [10, -15, 12]), 3],
] as const;

describe.skipIf(!hasTransformix).each(cases)('transformix resamples %s as we do', (_, grid, dimension) => {
  const moving = scanOf(grid, { noise: 0.02 });
  moving.voxels.forEach((value, index) => (moving.voxels[index] = value + 100));
  const count = voxelCount(grid.shape);
  const matrix = identityMatrix();
  for (let row = 0; row < 2; row++) {
    matrix.set(
      rotationOfEuler(0, 0, 0.1)
        .subarray(3 * row, 3 * row + 2)
        .map((value) => 1.04 * value),
      4 * row,
    );
    matrix[4 * row + 3] = 4 - 6 * row;
  }
  const lattice = latticeOver(grid, 25);
  const random = randomOf(3);
  const coefficients = Float64Array.from(
    { length: componentsOf(grid) * pointsOf(lattice) },
    () => 8 * (random() - 0.5),
  );
  const splines = { initial: matrix, lattice, image: grid, coefficients };
  const field = fieldOfSplines(splines, grid);

  const apart = (theirs: Float32Array, expected: DisplacementField): number => {
    const isBetween = betweenVoxels(moving, expected);
    const compared = isBetween.reduce((sum, value) => sum + value, 0) / count;
    expect(compared).toBeGreaterThan(dimension === 3 && grid.shape[0] === 1 ? 0.2 : 0.5);
    return differenceOf(warpVolume(moving, expected, { outside: 0 }).voxels, theirs, isBetween);
  };

  it('by splines and a matrix', () => {
    const files = writeElastixTransform(chainOfSplines(splines), grid);
    for (const { name, text } of files) {
      writeFileSync(join(folder, name), text);
    }
    expect(apart(resampledBy(files.at(-1)!.name, moving, dimension, count), field)).toBeLessThan(1e-3);
    const withoutSplines = warpVolume(moving, fieldOfChain(chainOfMatrix(matrix, dimension), grid), { outside: 0 });
    const { voxels } = warpVolume(moving, field, { outside: 0 });
    expect(differenceOf(voxels, withoutSplines.voxels, betweenVoxels(moving, field))).toBeGreaterThan(0.02);
  });

  it('by a rotation', () => {
    const rigid = identityMatrix();
    const rotation = dimension === 2 ? rotationOfEuler(0, 0, 0.2) : rotationOfEuler(0.1, -0.15, 0.2);
    for (let row = 0; row < 3; row++) {
      rigid.set(rotation.subarray(3 * row, 3 * row + 3), 4 * row);
    }
    const chain = chainOfMatrix(rigid, dimension, true);
    const [file] = writeElastixTransform(chain, grid);
    writeFileSync(join(folder, file!.name), file!.text);
    expect(apart(resampledBy(file!.name, moving, dimension, count), fieldOfChain(chain, grid))).toBeLessThan(1e-3);
  });

  it.each(dimension === 2 ? ['field.mha'] : ['field.mha', 'field.nii'])('by the displacement field in %s', (name) => {
    writeFileSync(
      join(folder, name),
      name.endsWith('.nii') ? writeFieldNifti(field) : writeFieldMetaImage(field, dimension),
    );
    const file = writeElastixFieldTransform(name, grid, dimension);
    writeFileSync(join(folder, file.name), file.text);
    expect(apart(resampledBy(file.name, moving, dimension, count), field)).toBeLessThan(1e-3);
  });
});
