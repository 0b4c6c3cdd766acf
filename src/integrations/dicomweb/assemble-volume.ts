import { DomainError } from '../../errors.ts';
import type { Volume } from '../../twins/volume.ts';
import type { FrameDescription } from './frame-description.ts';
import type { InstanceHeader } from './instance-header.ts';
import { cross, dot, placeFrame, requireParallel, sliceSpacing } from './slice-geometry.ts';
import type { PlacedFrame } from './slice-geometry.ts';

/** One instance of a series with the values of all its frames, [frames, rows, columns], not finite where unmeasured. */
export interface QuantitativeInstance {
  readonly header: InstanceHeader;
  readonly values: Float32Array;
  /** How many values are not finite. */
  readonly unmeasured: number;
}

interface Slice {
  readonly header: InstanceHeader;
  readonly frame: FrameDescription;
  readonly values: Float32Array;
}

/**
 * Stacks the frames of a series to one volume, ordered along the slice normal (never by InstanceNumber).
 *
 * The spacing of slices comes from their positions; SliceThickness says how thick a slice is, not where the next lies.
 * A single slice takes SpacingBetweenSlices, else SliceThickness; a 2-D image that states neither gets its row spacing
 * as a nominal depth, with a caveat.
 * @throws {DomainError} SOURCE_INCOMPLETE, UNSUPPORTED or TOO_LARGE in words that a clinician can read.
 */
export function assembleVolume(
  instances: readonly QuantitativeInstance[],
  maximumVoxels: number,
): { volume: Volume; caveats: readonly string[] } {
  const slices = instances.flatMap(({ header, values }) => {
    const length = header.pixels.rows * header.pixels.columns;
    return header.frames.map((frame, index) => ({
      header,
      frame,
      values: values.subarray(index * length, (index + 1) * length),
    }));
  });
  const [first] = slices;
  if (first === undefined) throw new DomainError('SOURCE_INCOMPLETE', 'The series holds no images.');
  requireAlike(slices, first);
  const { rows, columns } = first.header.pixels;
  if (slices.length * rows * columns > maximumVoxels) {
    throw new DomainError(
      'TOO_LARGE',
      `The series has ${slices.length * rows * columns} voxels; ${maximumVoxels} are allowed.`,
    );
  }
  const caveats: string[] = [];
  if (first.frame.isDetectorSpacing) {
    caveats.push('The image is a projection: its distances are those at the detector, less the stated magnification.');
  }
  const { stack, geometry } = placeStack(slices, caveats);
  const voxels = new Float32Array(stack.length * rows * columns);
  for (const [index, slice] of stack.entries()) voxels.set(slice.values, index * rows * columns);
  const { isInverted } = first.header.presentation;
  if (isInverted) {
    caveats.push('The image is stored with high values dark (MONOCHROME1); its values are kept as stored.');
  }
  if (instances.some(({ unmeasured }) => unmeasured > 0)) fillUnmeasured(voxels, isInverted, caveats);
  return { volume: { voxels, shape: [stack.length, rows, columns], ...geometry }, caveats };
}

function requireAlike(slices: readonly Slice[], first: Slice): void {
  const differs = (what: (slice: Slice) => unknown) => slices.some((slice) => what(slice) !== what(first));
  if (slices.some((slice) => slice.header.isLocalizer)) {
    throw new DomainError('UNSUPPORTED', 'The series is a localizer.');
  }
  if (differs(({ header }) => header.pixels.rows) || differs(({ header }) => header.pixels.columns)) {
    throw new DomainError('UNSUPPORTED', 'The series mixes images of several sizes.');
  }
  if (differs(({ header }) => header.pixels.photometricInterpretation)) {
    throw new DomainError('UNSUPPORTED', 'The series mixes images of several kinds of grayscale.');
  }
  if (differs(({ header }) => header.frameOfReferenceUid)) {
    throw new DomainError(
      'UNSUPPORTED',
      'The series mixes images of several frames of reference: the patient was repositioned.',
    );
  }
  if (differs(({ header }) => header.presentation.laterality)) {
    throw new DomainError('UNSUPPORTED', 'The series mixes images of both sides of the body.');
  }
  const severalVolumes = (key: string) =>
    new DomainError('UNSUPPORTED', `The series holds more than one volume: its images differ in ${key}.`);
  for (const key of ['stack', 'temporal position', 'diffusion b-value', 'image type'] as const) {
    if (differs(({ frame }) => frame.contrast[key])) throw severalVolumes(key);
  }
  const echoTime = first.frame.contrast['echo time'];
  if (slices.some(({ frame }) => !isSameEcho(frame.contrast['echo time'], echoTime))) throw severalVolumes('echo time');
}

/** Echo times are rounded differently from slice to slice: 1 % is one echo. */
const isSameEcho = (a: number | null, b: number | null): boolean =>
  a === b || (a !== null && b !== null && Math.abs(a - b) <= 0.01 * Math.max(a, b));

function placeStack(
  slices: readonly Slice[],
  caveats: string[],
): { stack: readonly Slice[]; geometry: Pick<Volume, 'spacingMm' | 'originMm' | 'direction'> } {
  const placed = slices.map((slice) => ({ slice, place: placeFrame(slice.frame) }));
  const [single] = placed;
  if (placed.length === 1 && single !== undefined && single.place === null) {
    caveats.push('The image does not state where in the patient it lies; its coordinates are its own.');
    const [dy, dx] = single.slice.frame.pixelSpacing!;
    const spacingMm = [singleSliceSpacing(single.slice.frame, caveats), dy, dx] as const;
    return { stack: slices, geometry: { spacingMm, originMm: [0, 0, 0], direction: [1, 0, 0, 0, 1, 0, 0, 0, 1] } };
  }
  const frames = placed.map(({ slice, place }) => {
    if (place === null) throw new DomainError('UNSUPPORTED', 'The images do not state where in the patient they lie.');
    return { slice, place };
  });
  requireParallel(frames.map(({ place }) => place));
  const { alongColumns, alongRows, pixelSpacing } = frames[0]!.place;
  const normal = cross(alongColumns, alongRows);
  const sorted = frames
    .map(({ slice, place }) => ({ slice, place, offset: dot(place.position, normal) }))
    .sort((a, b) => a.offset - b.offset);
  const stack = withoutDuplicates(sorted, caveats);
  const dz =
    stack.length === 1
      ? singleSliceSpacing(stack[0]!.slice.frame, caveats)
      : sliceSpacing(
          stack.map(({ place }) => place),
          stack.map(({ offset }) => offset),
        );
  const direction = [0, 1, 2].flatMap((axis) => [alongColumns[axis]!, alongRows[axis]!, normal[axis]!]);
  return {
    stack: stack.map(({ slice }) => slice),
    geometry: { spacingMm: [dz, ...pixelSpacing], originMm: stack[0]!.place.position, direction },
  };
}

interface SortedSlice {
  readonly slice: Slice;
  readonly place: PlacedFrame;
  readonly offset: number;
}

function withoutDuplicates(sorted: readonly SortedSlice[], caveats: string[]): readonly SortedSlice[] {
  const kept: SortedSlice[] = [];
  for (const candidate of sorted) {
    const last = kept.at(-1);
    // Slices thinner than 1 micrometre apart do not exist.
    if (last === undefined || candidate.offset - last.offset > 1e-3) {
      kept.push(candidate);
      continue;
    }
    const isSameImage = candidate.slice.values.every((value, index) => Object.is(value, last.slice.values[index]));
    if (!isSameImage) {
      throw new DomainError(
        'UNSUPPORTED',
        'The series holds different images of one place: it is more than one volume.',
      );
    }
  }
  const dropped = sorted.length - kept.length;
  if (dropped > 0)
    caveats.push(`${dropped} of ${sorted.length} images repeat another image exactly and were left out.`);
  return kept;
}

function singleSliceSpacing(frame: FrameDescription, caveats: string[]): number {
  const stated = frame.spacingBetweenSlices ?? frame.sliceThickness;
  if (stated !== null) return stated;
  caveats.push(
    'The image is two-dimensional and states no thickness; its depth is nominal and no volume can be measured.',
  );
  return frame.pixelSpacing![0];
}

/** Background takes the value that is displayed darkest: the lowest measured, for MONOCHROME1 the highest. */
function fillUnmeasured(voxels: Float32Array, isMonochrome1: boolean, caveats: string[]): void {
  let unmeasured = 0;
  for (let i = 0; i < voxels.length; i++) if (!Number.isFinite(voxels[i]!)) unmeasured++;
  if (unmeasured === voxels.length) throw new DomainError('SOURCE_INCOMPLETE', 'The series holds no measured values.');
  let background = isMonochrome1 ? -Infinity : Infinity;
  for (let i = 0; i < voxels.length; i++) {
    const value = voxels[i]!;
    if (Number.isFinite(value) && (isMonochrome1 ? value > background : value < background)) background = value;
  }
  for (let i = 0; i < voxels.length; i++) if (!Number.isFinite(voxels[i]!)) voxels[i] = background;
  const percent = ((100 * unmeasured) / voxels.length).toFixed(1);
  caveats.push(`${percent} % of the voxels were not measured (padding) and are shown as background.`);
}
