import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  LARGEST_IMAGED_VOLUME_CM3,
  type RenderedVisit,
  renderTumourVisit,
  TUMOUR_IMAGE_ORIGIN_MM,
  TUMOUR_IMAGE_SHAPE,
  TUMOUR_IMAGE_SPACING_MM,
} from '../../../src/ml/cohorts/tumour/render-tumour-visit.ts';
import { toScanner } from '../../../src/ml/cohorts/tumour/scanner-pose.ts';

const [DEPTH, HEIGHT, WIDTH] = TUMOUR_IMAGE_SHAPE;
const [DZ, DY, DX] = TUMOUR_IMAGE_SPACING_MM;

const volumeOf = ({ lesion }: RenderedVisit): number =>
  (lesion.reduce((sum, share) => sum + share, 0) * DZ * DY * DX) / 1000;

function placeOf(index: number): [number, number, number] {
  const slice = Math.floor(index / (HEIGHT * WIDTH));
  const row = Math.floor(index / WIDTH) % HEIGHT;
  const [x, y, z] = TUMOUR_IMAGE_ORIGIN_MM;
  return [x + (index % WIDTH) * DX, y + row * DY, z + slice * DZ];
}

function centreOfLesion({ lesion }: RenderedVisit): [number, number, number] {
  const sums = [0, 0, 0, 0] as [number, number, number, number];
  lesion.forEach((share, index) => {
    const place = placeOf(index);
    sums[0] += share * place[0];
    sums[1] += share * place[1];
    sums[2] += share * place[2];
    sums[3] += share;
  });
  return [sums[0] / sums[3], sums[1] / sums[3], sums[2] / sums[3]];
}

/** Trilinear; null outside of the image. */
function sample({ voxels }: RenderedVisit, [x, y, z]: readonly [number, number, number]): number | null {
  const [column, row, slice] = [
    (x - TUMOUR_IMAGE_ORIGIN_MM[0]) / DX,
    (y - TUMOUR_IMAGE_ORIGIN_MM[1]) / DY,
    (z - TUMOUR_IMAGE_ORIGIN_MM[2]) / DZ,
  ];
  const [i, j, k] = [Math.floor(column), Math.floor(row), Math.floor(slice)];
  if (i < 0 || j < 0 || k < 0 || i >= WIDTH - 1 || j >= HEIGHT - 1 || k >= DEPTH - 1) {
    return null;
  }
  let sum = 0;
  for (const [dk, dj, di] of [
    [0, 0, 0],
    [0, 0, 1],
    [0, 1, 0],
    [0, 1, 1],
    [1, 0, 0],
    [1, 0, 1],
    [1, 1, 0],
    [1, 1, 1],
  ] as const) {
    const weight = (di ? column - i : 1 - column + i) * (dj ? row - j : 1 - row + j) * (dk ? slice - k : 1 - slice + k);
    sum += weight * voxels[((k + dk) * HEIGHT + j + dj) * WIDTH + i + di]!;
  }
  return sum;
}

describe('the lesion in the image', () => {
  it.each([0.5, 1, 3, 10, 30, LARGEST_IMAGED_VOLUME_CM3])(
    'has the simulated volume of %d cm3 to within 3 %',
    (volumeCm3) => {
      for (const patient of [0, 1, 2, 3]) {
        expect(Math.abs(volumeOf(renderTumourVisit(9, patient, 2, volumeCm3)) / volumeCm3 - 1)).toBeLessThan(0.03);
      }
    },
  );

  it('shows growth of 2 % as brighter edge voxels, not as a jump', () => {
    const [small, large] = [renderTumourVisit(9, 0, 0, 10), renderTumourVisit(9, 0, 0, 10.2)];
    const changes = small.lesion.map((share, index) => large.lesion[index]! - share);
    expect(changes.every((change) => change < 0.5)).toBe(true);
    expect(changes.filter((change) => change > 0).length).toBeGreaterThan(100);
    expect(volumeOf(large) - volumeOf(small)).toBeCloseTo(0.2, 1);
  });

  it('is brighter than the tissue around it', () => {
    const { voxels, lesion } = renderTumourVisit(9, 0, 0, 12);
    const inside = [...voxels].filter((_, index) => lesion[index]! > 0.9);
    const head = [...voxels].filter((value, index) => lesion[index] === 0 && value > 250);
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(inside)).toBeGreaterThan(1.2 * mean(head));
  });

  it('is absent when there is no tumour', () => {
    expect(renderTumourVisit(9, 0, 0, 0).lesion.every((share) => share === 0)).toBe(true);
  });
});

describe('the pose', () => {
  const posed = renderTumourVisit(9, 1, 3, 15);
  const neutral = renderTumourVisit(9, 1, 3, 15, { isPosed: false });

  it('stays within 4 degrees and 4 mm and differs between visits', () => {
    const poses = Array.from({ length: 6 }, (_, visit) => renderTumourVisit(9, 1, visit, 5).pose);
    for (const { rotationDeg, shiftMm } of poses) {
      expect(Math.max(...rotationDeg.map(Math.abs))).toBeLessThanOrEqual(4);
      expect(Math.max(...shiftMm.map(Math.abs))).toBeLessThanOrEqual(4);
    }
    expect(new Set(poses.map(({ rotationDeg }) => rotationDeg[2])).size).toBe(6);
  });

  it('is where the lesion really went', () => {
    const expected = toScanner(posed.pose, centreOfLesion(neutral));
    const found = centreOfLesion(posed);
    expect(Math.hypot(found[0] - expected[0], found[1] - expected[1], found[2] - expected[2])).toBeLessThan(0.3);
  });

  it('once undone, leaves the same anatomy', () => {
    let [aligned, unaligned, count] = [0, 0, 0];
    for (let index = 2 * HEIGHT * WIDTH; index < 7 * HEIGHT * WIDTH; index++) {
      const value = sample(posed, toScanner(posed.pose, placeOf(index)));
      if (value !== null && neutral.voxels[index]! > 100) {
        aligned += (value - neutral.voxels[index]!) ** 2;
        unaligned += (posed.voxels[index]! - neutral.voxels[index]!) ** 2;
        count++;
      }
    }
    expect(count).toBeGreaterThan(10_000);
    expect(aligned).toBeLessThan(0.35 * unaligned);
  });
});

describe('rendering', () => {
  it('gives the same bytes for the same seed, patient, visit and volume', () => {
    const { voxels } = renderTumourVisit(20_260_629, 0, 0, 12.5);
    expect(createHash('sha256').update(new Uint8Array(voxels.buffer)).digest('hex')).toBe(
      'f2924413912c38e79c0e6086b9f1cc6fb461f8ab63921be30c21eaa11c65496d',
    );
  });

  it('keeps the anatomy of a patient over visits and gives every patient their own', () => {
    const difference = (a: RenderedVisit, b: RenderedVisit): number =>
      Math.sqrt(a.voxels.reduce((sum, value, index) => sum + (value - b.voxels[index]!) ** 2, 0) / a.voxels.length);
    const neutral = { isPosed: false };
    const here = renderTumourVisit(9, 0, 0, 2, neutral);
    expect(difference(here, renderTumourVisit(9, 0, 1, 2, neutral))).toBeLessThan(
      0.6 * difference(here, renderTumourVisit(9, 1, 0, 2, neutral)),
    );
  });

  it('leaves noise in the air, as a magnitude image does', () => {
    const corner = renderTumourVisit(9, 0, 0, 2).voxels.slice(0, 20);
    expect(Math.max(...corner)).toBeGreaterThan(5);
    expect(Math.max(...corner)).toBeLessThan(80);
  });
});
