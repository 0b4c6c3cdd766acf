import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { MARK_SIZE, NOT_ACQUIRED } from '../../../../src/http/pictures/burn-in.ts';
import { readPictureRequest, type PictureRequest } from '../../../../src/http/pictures/picture-request.ts';
import { renderPng } from '../../../../src/http/pictures/render-png.ts';
import type { CataloguedImage } from '../../../../src/twins/ports.ts';
import { voxelCount, type VolumeShape } from '../../../../src/twins/volume.ts';

const SHA = 'a'.repeat(64);

function request(query: Record<string, string> = {}): PictureRequest {
  const read = readPictureRequest(`${SHA}.png`, query);
  if (read === null || 'fault' in read) throw new Error('not a request');
  return read.request;
}

function image(shape: VolumeShape, more: Partial<CataloguedImage> = {}): CataloguedImage {
  return {
    sha256: SHA,
    kind: 'acquired',
    geometry: { shape, spacingMm: [1, 1, 1], originMm: [0, 0, 0], direction: [1, 0, 0, 0, 1, 0, 0, 0, 1] },
    displayRange: [0, 255],
    ...more,
  };
}

const constant = (shape: VolumeShape, value: number) => new Float32Array(voxelCount(shape)).fill(value);
const shape: VolumeShape = [3, 200, 220];

describe('a picture of a slice', () => {
  it('has the size of the slice and shows the slice that was asked for', () => {
    const voxels = Float32Array.from({ length: voxelCount(shape) }, (_, index) => 50 * Math.floor(index / (200 * 220)));
    for (const slice of [0, 1, 2]) {
      const png = decode(renderPng(image(shape), voxels, request({ slice: String(slice) })));
      expect([png.width, png.height, png.channels, png.depth]).toEqual([220, 200, 1, 8]);
      expect(png.data[100]).toBe(50 * slice);
    }
  });

  it('shows the middle slice where none was asked for', () => {
    const voxels = Float32Array.from({ length: voxelCount(shape) }, (_, index) => 50 * Math.floor(index / (200 * 220)));
    expect(decode(renderPng(image(shape), voxels, request())).data[0]).toBe(50);
  });

  it('refuses a slice that is not there', () => {
    expect(() => renderPng(image(shape), constant(shape, 1), request({ slice: '3' }))).toThrow(/slices 0 to 2/);
  });

  it('maps the window to black and white and clips outside of it', () => {
    const voxels = constant(shape, 0);
    const middle = 200 * 220;
    voxels.set([-1000, 40, 60, 80, 1000, Number.NaN], middle);
    const png = decode(renderPng(image(shape), voxels, request({ window: '40', level: '60' })));
    expect(png.data.slice(0, 6)).toEqual(Uint8Array.of(0, 0, 128, 255, 255, 0));
  });

  it('has square pixels where the slices are thicker than the pixels', () => {
    const thick = image([4, 200, 220], {
      geometry: { ...image([4, 200, 220]).geometry, spacingMm: [5, 1, 1] },
    });
    const png = decode(renderPng(thick, constant([4, 200, 220], 9), request({ plane: 'coronal' })));
    expect([png.width, png.height]).toEqual([220, 20]);
  });

  it('enlarges a tiny picture by a whole factor', () => {
    const png = decode(renderPng(image([1, 64, 64]), constant([1, 64, 64], 1), request()));
    expect([png.width, png.height]).toEqual([192, 192]);
  });

  it('refuses a picture that no display could show', () => {
    const stretched = image([1, 64, 64], {
      geometry: { ...image([1, 64, 64]).geometry, spacingMm: [1, 1, 0.001] },
    });
    expect(() => renderPng(stretched, constant([1, 64, 64], 1), request())).toThrow(/at most 4096/);
  });
});

describe('the mark on a picture that no scanner made', () => {
  const marked = (kind: CataloguedImage['kind'], of: VolumeShape = shape) =>
    decode(
      renderPng(image(of, { kind }), constant(of, 100), request({ colour: 'grey', window: '255', level: '127.5' })),
    );

  it('is burned into predictions and differences, never into acquired or registered images', () => {
    for (const kind of ['predicted', 'change'] as const) {
      const png = marked(kind);
      expect(png.text['Comment']).toBe(NOT_ACQUIRED);
      expect(png.data.filter((value) => value === 255).length).toBeGreaterThan(200);
    }
    for (const kind of ['acquired', 'registered'] as const) {
      expect(new Set(marked(kind).data)).toEqual(new Set([100]));
    }
  });

  it('can be read: its letters stand where they should', () => {
    const png = marked('predicted');
    const rows = Array.from({ length: 7 }, (_, y) =>
      Array.from({ length: 29 }, (_, x) => (png.data[(y + 2) * png.width + x + 2] === 255 ? '#' : '.')).join(''),
    );
    // F O R E C
    expect(rows).toEqual([
      '#####..###..####..#####..###.',
      '#.....#...#.#...#.#.....#...#',
      '#.....#...#.#...#.#.....#....',
      '####..#...#.####..####..#....',
      '#.....#...#.#.#...#.....#....',
      '#.....#...#.#..#..#.....#...#',
      '#......###..#...#.#####..###.',
    ]);
  });

  it('fits on the smallest image', () => {
    const png = marked('predicted', [1, 2, 300]);
    expect(png.height).toBeGreaterThanOrEqual(MARK_SIZE.height);
    expect(png.data.includes(255)).toBe(true);
  });
});

describe('the picture of a difference', () => {
  it('is white where nothing changes, red where it grows and blue where it shrinks', () => {
    const voxels = constant(shape, 0);
    const last = 2 * 200 * 220 - 3;
    voxels.set([-4, 0, 4], last);
    const png = decode(renderPng(image(shape, { kind: 'change', displayRange: [-1, 4] }), voxels, request()));
    const pixel = (index: number) => Array.from(png.data.slice(index * 3, index * 3 + 3));
    const end = png.width * png.height;
    expect(pixel(end - 3)).toEqual([0, 0, 180]);
    expect(pixel(end - 2)).toEqual([255, 255, 255]);
    expect(pixel(end - 1)).toEqual([180, 0, 0]);
  });
});

describe('a request for a picture', () => {
  it.each([
    ['a slice of letters', { slice: 'one' }, 'slice'],
    ['a negative slice', { slice: '-1' }, 'slice'],
    ['a huge slice', { slice: '99999' }, 'slice'],
    ['an empty window', { window: '0' }, 'window'],
    ['an endless window', { window: 'Infinity' }, 'window'],
    ['a level that is no number', { level: 'abc' }, 'level'],
    ['an unknown plane', { plane: 'oblique' }, 'plane'],
    ['an unknown colour', { colour: 'jet' }, 'colour'],
    ['a parameter that does not exist', { size: '10' }, 'a parameter that does not exist'],
    ['two slices', { slice: ['1', '2'] }, 'slice'],
  ])('is refused for %s', (_what, query, fault) => {
    expect(readPictureRequest(`${SHA}.png`, query)).toEqual({ fault });
  });

  it.each(['x.png', `${SHA}.jpg`, `${SHA.toUpperCase()}.png`, `${SHA}.nii.gz.png`, `../${SHA}.png`])(
    'is for nothing where the file is %s',
    (file) => {
      expect(readPictureRequest(file, {})).toBeNull();
    },
  );
});
