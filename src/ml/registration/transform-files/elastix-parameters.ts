import { DomainError } from '../../../errors.ts';
import type { VolumeGeometry } from '../../../twins/volume.ts';
import { matrixOfParts, partsOf, unitMatrix, zeros } from './centred-matrix.ts';
import { anglesOf, rotationOf } from './euler-angles.ts';
import { checkedSplineGrid } from './spline-grid.ts';
import { isOfConstantZ, type TransformChain, type TransformStep } from './transform-chain.ts';

/** A file of a chain, to be written into one folder with the others under this name. */
export interface ElastixFile {
  readonly name: string;
  readonly text: string;
}

const NONE = 'NoInitialTransform';
const nameOf = (index: number): string => `TransformParameters.${index}.txt`;

/**
 * A chain as elastix's TransformParameters files, one per step; the last one names those before it. `transformix -tp` takes
 * the last one and resamples an image into `grid`, by linear interpolation and with 0 outside.
 * @throws {DomainError} INVALID_INPUT when a step that is called rigid is not, UNSUPPORTED when a chain of two dimensions is
 * asked for on a grid that is not a slice of constant z.
 */
export function writeElastixTransform(chain: TransformChain, grid: VolumeGeometry): readonly ElastixFile[] {
  return chain.steps.map((step, index) => ({
    name: nameOf(index),
    text: textOf([
      ...entriesOf(step, chain.dimension),
      ['InitialTransformParametersFileName', index === 0 ? NONE : nameOf(index - 1)],
      ['HowToCombineTransforms', 'Compose'],
      ...gridEntries(grid, chain.dimension),
    ]),
  }));
}

/** The same for a displacement field that lies as an image file beside it. */
export function writeElastixFieldTransform(fieldFileName: string, grid: VolumeGeometry, dimension: 2 | 3): ElastixFile {
  return {
    name: nameOf(0),
    text: textOf([
      ['Transform', 'DeformationFieldTransform'],
      ['NumberOfParameters', 0],
      ['DeformationFieldFileName', fieldFileName],
      ['DeformationFieldInterpolationOrder', 1],
      ['InitialTransformParametersFileName', NONE],
      ['HowToCombineTransforms', 'Compose'],
      ...gridEntries(grid, dimension),
    ]),
  };
}

type Entry = readonly [key: string, ...values: (string | number)[]];

const textOf = (entries: readonly Entry[]): string =>
  entries
    .map(([key, ...values]) => `(${key} ${values.map((v) => (typeof v === 'string' ? `"${v}"` : v)).join(' ')})\n`)
    .join('');

function entriesOf(step: TransformStep, dimension: 2 | 3): readonly Entry[] {
  const origin = zeros(dimension);
  const transform = (name: string, parameters: readonly number[]): readonly Entry[] => [
    ['Transform', name],
    ['NumberOfParameters', parameters.length],
    ['TransformParameters', ...parameters],
  ];
  if (step.kind === 'splines') {
    const { size, spacingMm, originMm, direction } = step.grid;
    return [
      ...transform('BSplineTransform', Array.from(step.coefficients)),
      ['GridSize', ...size],
      ['GridIndex', ...origin],
      ['GridSpacing', ...spacingMm],
      ['GridOrigin', ...originMm],
      // elastix lists directions column by column.
      ['GridDirection', ...transposed(direction, dimension)],
      ['BSplineTransformSplineOrder', 3],
      ['UseCyclicTransform', 'false'],
    ];
  }
  const { linear, translation } = partsOf(step.matrix, dimension);
  return step.isRigid
    ? [
        ...transform('EulerTransform', [...anglesOf(step.matrix, dimension), ...translation]),
        ['CenterOfRotationPoint', ...origin],
        ['ComputeZYX', 'false'],
      ]
    : [...transform('AffineTransform', [...linear, ...translation]), ['CenterOfRotationPoint', ...origin]];
}

function gridEntries(grid: VolumeGeometry, dimension: 2 | 3): readonly Entry[] {
  if (dimension === 2 && !(grid.shape[0] === 1 && isOfConstantZ(grid))) {
    throw new DomainError('UNSUPPORTED', 'A transform of two dimensions needs a single slice of constant z.', {
      field: 'grid',
    });
  }
  const long = dimension === 2 ? [0, 1] : [0, 1, 2];
  const type = 'float';
  return [
    ['FixedImageDimension', dimension],
    ['MovingImageDimension', dimension],
    ['FixedInternalImagePixelType', type],
    ['MovingInternalImagePixelType', type],
    ['Size', ...long.map((axis) => grid.shape[2 - axis]!)],
    ['Index', ...long.map(() => 0)],
    ['Spacing', ...long.map((axis) => grid.spacingMm[2 - axis]!)],
    ['Origin', ...long.map((row) => grid.originMm[row]!)],
    ['Direction', ...long.flatMap((axis) => long.map((row) => grid.direction[3 * row + axis]!))],
    ['UseDirectionCosines', 'true'],
    // A B-spline of order 1 is linear, and unlike FinalLinearInterpolator every build of elastix has it.
    ['ResampleInterpolator', 'FinalBSplineInterpolator'],
    ['FinalBSplineInterpolationOrder', 1],
    ['Resampler', 'DefaultResampler'],
    ['DefaultPixelValue', 0],
    ['ResultImageFormat', 'mha'],
    ['ResultImagePixelType', type],
    ['CompressResultImage', 'false'],
  ];
}

/**
 * Reads a TransformParameters file and those that it builds on: affine, Euler, translation and cubic B-spline transforms,
 * composed. `textOf` gives the text of a file by the name that another one has for it.
 * @throws {DomainError} INVALID_INPUT for a broken file or one that builds on itself, UNSUPPORTED for other kinds.
 */
export function readElastixTransform(text: string, textOf: (name: string) => string): TransformChain {
  const steps: TransformStep[] = [];
  const seen = new Set<string>();
  let dimension: 2 | 3 | null = null;
  for (let current = text; ;) {
    const entries = parsed(current);
    const ownDimension = Number(entries.get('FixedImageDimension')?.[0]);
    if (ownDimension !== 2 && ownDimension !== 3) {
      throw invalid('FixedImageDimension', 'must be 2 or 3');
    }
    if (dimension !== null && dimension !== ownDimension) {
      throw invalid('FixedImageDimension', 'differs between the files of the transform');
    }
    dimension = ownDimension;
    steps.unshift(stepOf(entries, dimension));
    const initial: string = entries.get('InitialTransformParametersFileName')?.[0] ?? NONE;
    if (initial === NONE) {
      return { dimension, steps };
    }
    if ((entries.get('HowToCombineTransforms')?.[0] ?? 'Compose') !== 'Compose') {
      throw new DomainError('UNSUPPORTED', 'Transforms that are added instead of composed cannot be read.', {
        field: 'HowToCombineTransforms',
      });
    }
    if (seen.has(initial)) {
      throw invalid('InitialTransformParametersFileName', 'leads back to a file that came before');
    }
    seen.add(initial);
    current = textOf(initial);
  }
}

const invalid = (field: string, what: string) =>
  new DomainError('INVALID_INPUT', `${field} of the elastix transform ${what}.`, { field });

function parsed(text: string): ReadonlyMap<string, readonly string[]> {
  const entries = new Map<string, readonly string[]>();
  for (const [, key, values] of text.matchAll(/^\s*\(\s*(\w+)\s+(.*?)\)\s*(?:\/\/.*)?$/gm)) {
    entries.set(
      key!,
      Array.from(values!.matchAll(/"([^"]*)"|(\S+)/g), ([, quoted, bare]) => quoted ?? bare!),
    );
  }
  return entries;
}

function stepOf(entries: ReadonlyMap<string, readonly string[]>, dimension: 2 | 3): TransformStep {
  const numbers = (key: string): readonly number[] => {
    const values = entries.get(key)?.map(Number) ?? [];
    if (values.length === 0 || !values.every(Number.isFinite)) {
      throw invalid(key, 'must be a list of numbers');
    }
    return values;
  };
  const name = entries.get('Transform')?.[0] ?? '';
  const square = dimension ** 2;
  switch (name) {
    case 'AffineTransform': {
      const parameters = numbers('TransformParameters');
      const matrix = matrixOfParts(
        parameters.slice(0, square),
        parameters.slice(square),
        numbers('CenterOfRotationPoint'),
        dimension,
      );
      return { kind: 'matrix', matrix, isRigid: false };
    }
    case 'EulerTransform': {
      const parameters = numbers('TransformParameters');
      const angles = dimension === 2 ? 1 : 3;
      const rotation = rotationOf(parameters.slice(0, angles), dimension, entries.get('ComputeZYX')?.[0] === 'true');
      const { linear } = partsOf(rotation, dimension);
      const matrix = matrixOfParts(linear, parameters.slice(angles), numbers('CenterOfRotationPoint'), dimension);
      return { kind: 'matrix', matrix, isRigid: true };
    }
    case 'TranslationTransform': {
      const unit = unitMatrix(dimension);
      const none = zeros(dimension);
      return {
        kind: 'matrix',
        matrix: matrixOfParts(unit, numbers('TransformParameters'), none, dimension),
        isRigid: true,
      };
    }
    case 'BSplineTransform': {
      if (Number(entries.get('BSplineTransformSplineOrder')?.[0] ?? 3) !== 3) {
        throw new DomainError('UNSUPPORTED', 'Only B-splines of order 3 can be read.', {
          field: 'BSplineTransformSplineOrder',
        });
      }
      const parameters = numbers('TransformParameters');
      const spacingMm = numbers('GridSpacing');
      const direction = transposed(numbers('GridDirection'), dimension);
      const index = numbers('GridIndex');
      const grid = {
        size: numbers('GridSize'),
        spacingMm,
        originMm: numbers('GridOrigin').map((origin, row) =>
          index.reduce((sum, at, axis) => sum + direction[dimension * row + axis]! * spacingMm[axis]! * at, origin),
        ),
        direction,
      };
      return {
        kind: 'splines',
        grid: checkedSplineGrid(grid, dimension, parameters.length),
        coefficients: Float64Array.from(parameters),
      };
    }
    default:
      throw new DomainError('UNSUPPORTED', `An elastix transform of the kind "${name}" cannot be read.`, {
        field: 'Transform',
      });
  }
}

const transposed = (matrix: readonly number[], dimension: number): readonly number[] =>
  matrix.map((_, k) => matrix[dimension * (k % dimension) + Math.floor(k / dimension)]!);
