import type { VolumeGeometry } from '../../twins/volume.ts';
import type { PictureRequest } from './picture-request.ts';

/** A slice of scalars, rows first, with the distance between its pixels in mm. */
export interface Slice {
  readonly pixels: Float32Array;
  readonly width: number;
  readonly height: number;
  readonly spacingMm: readonly [down: number, right: number];
}

/** A way through a volume's array, one step per pixel. */
interface Walk {
  readonly count: number;
  readonly stride: number;
  /** Index in the array of the first pixel, as a multiple of the stride. */
  readonly start: number;
  readonly spacingMm: number;
}

export interface Plane {
  readonly right: Walk;
  readonly down: Walk;
  readonly through: Walk;
}

type Axis = 0 | 1 | 2;
const PERMUTATIONS: readonly (readonly [Axis, Axis, Axis])[] = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];

/** Patient axes (L, P, S) and their sense that grow rightwards, downwards and with the slice number. */
const DISPLAY = {
  axial: { right: [0, 1], down: [1, 1], through: [2, 1] },
  coronal: { right: [0, 1], down: [2, -1], through: [1, 1] },
  sagittal: { right: [1, 1], down: [2, -1], through: [0, 1] },
} as const;

/**
 * How to walk through the array for a plane. Anatomical planes follow the radiological convention (the patient's left
 * is on the right, head and front are up) along the array axes nearest to the patient's; nothing is interpolated.
 */
export function planeOf(geometry: VolumeGeometry, plane: PictureRequest['plane']): Plane {
  const [depth, height, width] = geometry.shape;
  const [dz, dy, dx] = geometry.spacingMm;
  const axes: readonly Omit<Walk, 'start'>[] = [
    { count: width, stride: 1, spacingMm: dx },
    { count: height, stride: width, spacingMm: dy },
    { count: depth, stride: width * height, spacingMm: dz },
  ];
  const along = (axis: Axis, sense: number): Walk => {
    const { count, stride, spacingMm } = axes[axis]!;
    return sense > 0 ? { count, stride, start: 0, spacingMm } : { count, stride: -stride, start: 1 - count, spacingMm };
  };
  if (plane === 'acquired') {
    return { right: along(0, 1), down: along(1, 1), through: along(2, 1) };
  }
  const cosine = (patientAxis: number, axis: Axis): number => geometry.direction[patientAxis * 3 + axis]!;
  const fit = (order: readonly Axis[]): number =>
    order.reduce<number>((sum, axis, patientAxis) => sum + Math.abs(cosine(patientAxis, axis)), 0);
  const nearest = PERMUTATIONS.reduce((best, order) => (fit(order) > fit(best) ? order : best));
  const walk = ([patientAxis, sense]: readonly [Axis, number]): Walk => {
    const axis = nearest[patientAxis];
    return along(axis, cosine(patientAxis, axis) < 0 ? -sense : sense);
  };
  const { right, down, through } = DISPLAY[plane];
  return { right: walk(right), down: walk(down), through: walk(through) };
}

/** One slice of a volume `[D,H,W]`. `slice` must be below `plane.through.count`. */
export function cutSlice(voxels: Float32Array, { right, down, through }: Plane, slice: number): Slice {
  const pixels = new Float32Array(right.count * down.count);
  // A walk against the array starts at its far end: its stride is negative and so is its start.
  const origin = right.start * right.stride + down.start * down.stride + (through.start + slice) * through.stride;
  let index = 0;
  for (let row = 0; row < down.count; row++) {
    let at = origin + row * down.stride;
    for (let column = 0; column < right.count; column++, at += right.stride) {
      pixels[index++] = voxels[at]!;
    }
  }
  return { pixels, width: right.count, height: down.count, spacingMm: [down.spacingMm, right.spacingMm] };
}
