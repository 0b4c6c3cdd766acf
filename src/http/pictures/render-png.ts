import { encode } from 'fast-png';
import { DomainError } from '../../errors.ts';
import { isMadeByModel } from '../../twins/catalogue-image.ts';
import type { CataloguedImage } from '../../twins/ports.ts';
import { burnIn, MARK_SIZE, NOT_ACQUIRED } from './burn-in.ts';
import { toDiverging, toGrey, toHeat, type ColourRange } from './colour.ts';
import { cutSlice, planeOf } from './image-plane.ts';
import type { PictureRequest } from './picture-request.ts';
import { displaySize, MAX_SIDE, resize } from './square-pixels.ts';

const COLOURING = { grey: toGrey, diverging: toDiverging, heat: toHeat } as const;
const USUAL_COLOUR: Readonly<Record<CataloguedImage['kind'], keyof typeof COLOURING>> = {
  acquired: 'grey',
  registered: 'grey',
  predicted: 'grey',
  change: 'diverging',
  uncertainty: 'heat',
};

/**
 * One slice of a volume as an 8-bit PNG with square pixels. A picture that no scanner made is marked.
 * @throws {DomainError} INVALID_INPUT naming `slice` when the volume has no such slice, TOO_LARGE.
 */
export function renderPng(image: CataloguedImage, voxels: Float32Array, request: PictureRequest): Uint8Array {
  const plane = planeOf(image.geometry, request.plane);
  const count = plane.through.count;
  const number = request.slice ?? Math.floor(count / 2);
  if (number >= count) {
    throw new DomainError('INVALID_INPUT', `This plane has the slices 0 to ${count - 1}.`, { field: 'slice' });
  }
  const slice = cutSlice(voxels, plane, number);
  const fitting = displaySize(slice);
  const isMade = isMadeByModel(image);
  // A strip of a few rows has no room for the mark: it is enlarged until it has.
  const factor = isMade ? Math.max(1, Math.ceil(MARK_SIZE.height / fitting.height)) : 1;
  const size = { width: fitting.width * factor, height: fitting.height * factor };
  if (size.width > MAX_SIDE || size.height > MAX_SIDE) {
    throw new DomainError('TOO_LARGE', `A picture has at most ${MAX_SIDE} pixels on a side.`);
  }
  const pixels = resize(slice, size);
  const colour = request.colour ?? USUAL_COLOUR[image.kind];
  const range = displayedRange(image, request);
  const channels = colour === 'grey' ? 1 : 3;
  const data = COLOURING[colour](pixels, range);
  const picture = { data, ...size, channels };
  if (isMade) burnIn(picture);
  return encode({ ...picture, depth: 8, ...(isMade ? { text: { Comment: NOT_ACQUIRED } } : {}) });
}

/** As asked for; else the image's own range, which for a difference lies evenly around 0. */
function displayedRange({ kind, displayRange }: CataloguedImage, { window, level }: PictureRequest): ColourRange {
  const extent = Math.max(Math.abs(displayRange[0]), Math.abs(displayRange[1]));
  const [low, high] = kind === 'change' ? [-extent, extent] : kind === 'uncertainty' ? [0, extent] : displayRange;
  const width = window ?? high - low;
  const centre = level ?? (low + high) / 2;
  // A constant picture has no range of its own.
  const half = width > 0 ? width / 2 : 0.5;
  return { low: centre - half, high: centre + half };
}
