import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openForecasters } from '../../../../src/composition/open-forecasters.ts';
import { DomainError } from '../../../../src/errors.ts';
import { administrationsOf, imagedTumourCohort, imageOf } from '../../../../src/ml/cohorts/tumour/image-cohort.ts';
import { TUMOUR_IMAGE_SHAPE, TUMOUR_IMAGE_SPACING_MM } from '../../../../src/ml/cohorts/tumour/render-tumour-visit.ts';
import { type Grid, gridFit, resampled } from '../../../../src/ml/forecasting/image/model-grid.ts';
import { createWorkerThreads } from '../../../../src/ml/worker-threads.ts';
import {
  dynamicsOf,
  dynamicVariables,
  parseDiseaseDefinition,
  treatmentVariables,
} from '../../../../src/twins/disease-definition.ts';
import type { ForecastInput, ForecastOutput } from '../../../../src/twins/forecast.ts';
import type { Forecaster } from '../../../../src/twins/ports.ts';

const at = (path: string): string => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));
const FILE = 'diseases/tumour-response.json';
const DEFINITION = parseDiseaseDefinition(FILE, readFileSync(at(FILE), 'utf8'));
const TRAINED: Grid = { shape: TUMOUR_IMAGE_SHAPE, spacingMm: TUMOUR_IMAGE_SPACING_MM };
const [PATIENT] = imagedTumourCohort(97, 1);
const threads = createWorkerThreads({ threads: 1 });
let personal: Forecaster;
beforeAll(async () => {
  const diseases = new Map([[DEFINITION.id, DEFINITION]]);
  const forecasters = await openForecasters({ threads, imageDevice: null, diseases, folder: at('models') });
  personal = forecasters.get('personal')!;
});
afterAll(() => threads.close());

/** Three visits of a patient that no model was trained on, seen 14 days ahead. */
const INPUT: ForecastInput = (() => {
  const { course, clinical, visitDays } = PATIENT!;
  const seen = visitDays.slice(0, 3);
  const origin = seen.at(-1)!;
  const given = administrationsOf(course.days.slice(0, origin + 14), -origin);
  const none = Object.fromEntries(treatmentVariables(DEFINITION).map(({ key }) => [key, 0]));
  const valuesOn = (day: number): Record<string, number> => ({
    carcinoembryonicAntigen: clinical[day]!.ceaNgPerMl,
    haemoglobin: clinical[day]!.haemoglobinGPerDl,
    bodyWeight: clinical[day]!.bodyWeightKg,
  });
  return {
    horizonDays: 14,
    populationAsOfMs: 0,
    visits: seen.map((day) => ({
      day: day - origin,
      voxels: imageOf(course, day, true),
      values: valuesOn(day),
      exposures: none,
    })),
    shape: TUMOUR_IMAGE_SHAPE,
    spacingMm: TUMOUR_IMAGE_SPACING_MM,
    valueOrigins: Object.fromEntries(
      Object.entries(valuesOn(origin)).map(([key, value]) => [key, { value, intervalDays: 14, exposures: none }]),
    ),
    variables: dynamicVariables(DEFINITION).map(({ key, plausible }) => ({ key, plausible })),
    treatmentKeys: Object.keys(none),
    dynamics: dynamicsOf(DEFINITION),
    course: {
      measurements: [],
      statics: {},
      doses: Object.entries(given).flatMap(([treatment, doses]) =>
        doses.map(({ fromDay, toDay, amount }) => ({ treatment, fromDay, toDay, amount, knownAtMs: 0 })),
      ),
    },
    plannedExposures: none,
    population: [],
    seed: 1,
  };
})();
const LAST = INPUT.visits.at(-1)!.voxels!;

const ask = (change: Partial<ForecastInput>): Promise<ForecastOutput> =>
  personal.forecast({ ...INPUT, ...change }, new AbortController().signal);
const withImages = (images: readonly (Float32Array | null)[]): ForecastInput['visits'] =>
  INPUT.visits.map((visit, index) => Object.assign({}, visit, { voxels: images[index] ?? null }));
const onGrid = (to: Grid): Partial<ForecastInput> => ({
  shape: to.shape,
  spacingMm: to.spacingMm,
  visits: withImages(INPUT.visits.map(({ voxels }) => resampled(voxels!, TRAINED, to, 'border'))),
});
const isOfLesion = ({ image }: ForecastOutput): boolean => (image?.lesions ?? []).length === 1;

describe('the forecaster of a tumour, asked end to end', () => {
  test('answers one image, and a history that misses one', async () => {
    const images = INPUT.visits.map(({ voxels }) => voxels);
    for (const visits of [INPUT.visits.slice(-1), withImages([images[0]!, null, images[2]!])]) {
      const output = await ask({ visits });
      expect(isOfLesion(output)).toBe(true);
      expect(output.image!.declineReason).toBeNull();
      expect(output.image!.voxels.every(Number.isFinite)).toBe(true);
      expect(output.image!.voxels.some((voxel, index) => voxel !== LAST[index])).toBe(true);
    }
  });

  test('refuses pixels that are no numbers and images that are not of the declared size, naming the visit', async () => {
    const holed = LAST.slice();
    holed[70_000] = Number.NaN;
    const [first, second] = INPUT.visits.map(({ voxels }) => voxels!);
    const faults = [
      { visits: withImages([first!, second!, holed]) },
      { visits: withImages([first!, second!.subarray(0, 128 * 128), LAST]) },
      { visits: INPUT.visits, shape: [1, 128, 128] as const },
    ];
    for (const change of faults) {
      const refusal = await ask(change).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(DomainError);
      expect(refusal).toMatchObject({ reason: 'INVALID_INPUT' });
      expect((refusal as DomainError).message).toMatch(/visits\[\d\].*image/);
    }
  });

  test('leaves an image of one slice and one of too little to the values alone, and says why', async () => {
    const slice = { shape: [1, 128, 128], spacingMm: TUMOUR_IMAGE_SPACING_MM } as const;
    const thin = { shape: [9, 128, 128], spacingMm: [2, 1.7, 1.7] } as const;
    const coarse = { shape: [9, 64, 64], spacingMm: [6, 3.4, 3.4] } as const;
    for (const [grid, reason] of [
      [slice, /a single slice; the image model was trained on 9 slices/],
      [thin, /cover 18 x 217.6 x 217.6 mm .*needs 40.5 x 95.2 x 95.2 mm/],
      [coarse, /voxels of 6 x 1.7 x 1.7 mm, which these do not show/],
    ] as const) {
      const output = await ask(onGrid(grid));
      expect(isOfLesion(output)).toBe(false);
      expect(output.caveats.join(' ')).toMatch(reason);
      expect(output.image!.voxels).toHaveLength(grid.shape[0] * grid.shape[1] * grid.shape[2]);
    }
  });

  test('resamples images of other voxels, says so, and forecasts the same lesion in the same place', async () => {
    const same = await ask({});
    const fine = { shape: [9, 256, 256], spacingMm: [6, 0.85, 0.85] } as const;
    // Every voxel of the cohort as four: what averages over larger voxels is the cohort's image again.
    const parted = (voxels: Float32Array): Float32Array =>
      Float32Array.from({ length: 9 * 256 * 256 }, (_, k) => {
        const [row, column] = [Math.floor((k % 65_536) / 256), k % 256];
        return voxels[Math.floor(k / 65_536) * 16_384 + (row >> 1) * 128 + (column >> 1)]!;
      });
    const output = await ask({ ...fine, visits: withImages(INPUT.visits.map(({ voxels }) => parted(voxels!))) });
    expect(output.caveats.join(' ')).toMatch(/resampled from voxels of 6 x 0.85 x 0.85 mm to 6 x 1.7 x 1.7 mm/);
    const [lesion, other] = [output, same].map(({ image }) => image!.lesions![0]!);
    expect(lesion!.seenMl).toBeCloseTo(other!.seenMl, 3);
    expect(lesion!.forecastMl).toBeCloseTo(other!.forecastMl, 3);
    const before = parted(LAST);
    const change = output.image!.voxels.map((voxel, k) => voxel - before[k]!);
    const wanted = parted(same.image!.voxels).map((voxel, k) => voxel - before[k]!);
    const product = (a: Float32Array, b: Float32Array): number => a.reduce((sum, x, k) => sum + x * b[k]!, 0);
    expect(product(change, wanted) / Math.sqrt(product(change, change) * product(wanted, wanted))).toBeGreaterThan(0.9);
  });
});

describe('a volume on another grid', () => {
  test('keeps a plane, and is the same where the grid is', () => {
    const from: Grid = { shape: [6, 20, 24], spacingMm: [5, 1, 1] };
    const plane = Float32Array.from({ length: 6 * 20 * 24 }, (_, k) => (k % 24) + 2 * Math.floor((k % 480) / 24));
    expect(Buffer.from(resampled(plane, from, from, 'border').buffer).equals(Buffer.from(plane.buffer))).toBe(true);
    const to: Grid = { shape: [4, 8, 10], spacingMm: [6, 2, 2], centreMm: [0, 1, 0] };
    const found = resampled(plane, from, to, 'border');
    // Row 3, column 4 lies 2 x (3 - 3.5) + 1 = 0 mm below and 2 x (4 - 4.5) = -1 mm beside the centre at row 9.5, column 11.5.
    expect(found[(1 * 8 + 3) * 10 + 4]).toBeCloseTo(10.5 + 2 * 9.5, 4);
  });

  test('of unknown voxels is not resampled', () => {
    expect(gridFit([9, 64, 64], null, TRAINED, [56, 56])).toMatchObject({ kind: 'none' });
    expect(gridFit([9, 128, 128], null, TRAINED, [56, 56])).toEqual({ kind: 'same' });
  });
});
