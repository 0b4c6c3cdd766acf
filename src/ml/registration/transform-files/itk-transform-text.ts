import { DomainError } from '../../../errors.ts';
import { matrixOfParts, partsOf, unitMatrix, zeros } from './centred-matrix.ts';
import { anglesOf, rotationOf } from './euler-angles.ts';
import { checkedSplineGrid } from './spline-grid.ts';
import type { TransformChain, TransformStep } from './transform-chain.ts';

const HEADER = '#Insight Transform File V1.0';

/**
 * A chain as ITK's text format (`.tfm`, `.txt`), which SimpleITK reads with `ReadTransform`. More than one step becomes a
 * CompositeTransform, which lists first what is used last.
 * @throws {DomainError} INVALID_INPUT when a step that is called rigid is not.
 */
export function writeItkTransform({ dimension, steps }: TransformChain): string {
  const suffix = `_double_${dimension}_${dimension}`;
  const listed = steps.toReversed().map((step) => entryOf(step, dimension, suffix));
  const entries = listed.length === 1 ? listed : [`Transform: CompositeTransform${suffix}\n`, ...listed];
  return [HEADER, ...entries.map((entry, index) => `#Transform ${index}\n${entry}`)].join('\n');
}

function entryOf(step: TransformStep, dimension: 2 | 3, suffix: string): string {
  const entry = (name: string, parameters: ArrayLike<number>, fixed: readonly number[]) =>
    `Transform: ${name}${suffix}\nParameters: ${Array.from(parameters).join(' ')}\nFixedParameters: ${fixed.join(' ')}\n`;
  const origin = zeros(dimension);
  if (step.kind === 'splines') {
    const { size, originMm, spacingMm, direction } = step.grid;
    return entry('BSplineTransform', step.coefficients, [...size, ...originMm, ...spacingMm, ...direction]);
  }
  const { linear, translation } = partsOf(step.matrix, dimension);
  if (!step.isRigid) {
    return entry('AffineTransform', [...linear, ...translation], origin);
  }
  // The last fixed parameter of Euler3D is whether angles are in the order ZYX.
  const fixed = dimension === 3 ? [...origin, 0] : origin;
  return entry(`Euler${dimension}DTransform`, [...anglesOf(step.matrix, dimension), ...translation], fixed);
}

/**
 * Reads what {@link writeItkTransform} writes and the like from ITK: affine, Euler, translation and matrix-and-offset
 * transforms, cubic B-splines, and composites of these.
 * @throws {DomainError} INVALID_INPUT for a broken file, UNSUPPORTED for other kinds of transform.
 */
export function readItkTransform(text: string): TransformChain {
  if (!text.startsWith('#Insight Transform File')) {
    throw new DomainError('INVALID_INPUT', `The file is not an ITK transform: it does not begin with "${HEADER}".`, {
      field: 'transform',
    });
  }
  const entries = text
    .split(/^Transform:/m)
    .slice(1)
    .map((entry) => ({
      type: entry.split('\n', 1)[0]!.trim(),
      parameters: numbersAfter('Parameters', entry),
      fixed: numbersAfter('FixedParameters', entry),
    }));
  const transforms = entries.filter(({ type }) => !type.startsWith('CompositeTransform_'));
  const dimensions = new Set(entries.map(({ type }) => /_(\d)_\1$/.exec(type)?.[1]));
  const dimension = Number([...dimensions][0]);
  if (transforms.length === 0 || dimensions.size !== 1 || (dimension !== 2 && dimension !== 3)) {
    throw new DomainError('INVALID_INPUT', 'The file names no transform of two or three dimensions.', {
      field: 'transform',
    });
  }
  const steps = transforms.map(({ type, parameters, fixed }) =>
    stepOf(type.split('_', 1)[0]!, parameters, fixed, dimension),
  );
  return { dimension, steps: steps.toReversed() };
}

function stepOf(
  name: string,
  parameters: readonly number[],
  fixed: readonly number[],
  dimension: 2 | 3,
): TransformStep {
  const square = dimension ** 2;
  const centre = fixed.slice(0, dimension);
  const unit = unitMatrix(dimension);
  switch (name) {
    case 'AffineTransform':
    case 'MatrixOffsetTransformBase':
      return {
        kind: 'matrix',
        matrix: matrixOfParts(parameters.slice(0, square), parameters.slice(square), centre, dimension),
        isRigid: false,
      };
    case 'TranslationTransform':
      return {
        kind: 'matrix',
        matrix: matrixOfParts(unit, parameters, zeros(dimension), dimension),
        isRigid: true,
      };
    case 'Euler2DTransform':
    case 'Euler3DTransform': {
      const angles = dimension === 2 ? 1 : 3;
      const rotation = rotationOf(parameters.slice(0, angles), dimension, (fixed[3] ?? 0) !== 0 && dimension === 3);
      const { linear } = partsOf(rotation, dimension);
      return {
        kind: 'matrix',
        matrix: matrixOfParts(linear, parameters.slice(angles), centre, dimension),
        isRigid: true,
      };
    }
    case 'BSplineTransform': {
      const part = (index: number) => fixed.slice(index * dimension, (index + 1) * dimension);
      const grid = { size: part(0), originMm: part(1), spacingMm: part(2), direction: fixed.slice(3 * dimension) };
      return {
        kind: 'splines',
        grid: checkedSplineGrid(grid, dimension, parameters.length),
        coefficients: Float64Array.from(parameters),
      };
    }
    default:
      throw new DomainError('UNSUPPORTED', `A transform of the kind ${name} cannot be read.`, { field: 'transform' });
  }
}

function numbersAfter(key: string, entry: string): readonly number[] {
  const line = new RegExp(`^${key}:(.*)$`, 'm').exec(entry)?.[1]?.trim() ?? '';
  return line === '' ? [] : line.split(/\s+/).map(Number);
}
