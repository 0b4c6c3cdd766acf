import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { DomainError } from '../../../src/errors.ts';
import { createForecasters } from '../../../src/ml/forecasting/forecasters.ts';
import { forecastingMethods } from '../../../src/ml/forecasting/forecasting-methods.ts';
import { createWorkerThreads } from '../../../src/ml/worker-threads.ts';
import type { ForecastInput } from '../../../src/twins/forecast.ts';
import { forecastInputOf, QUIET_WORLD, range, simulateHistory } from '../../support/change-world.ts';

const WORLD = { ...QUIET_WORLD, noise: 0.01 };
const histories = range(16).map((seed) => simulateHistory(WORLD, seed + 1));
const patient = simulateHistory(WORLD, 99);
const { signal } = new AbortController();
const threads = createWorkerThreads({ threads: 2 });
afterAll(() => threads.close());

describe.each([...forecastingMethods.values()])('$modelId', (method) => {
  const population = histories.flatMap((history) => method.summarise(history) ?? []);
  const ask = (horizonDays: number, dose: number): ForecastInput =>
    forecastInputOf(patient, { horizonDays, dose, population });

  it('answers the last image and values exactly at no distance', () => {
    const { image, values } = method.forecast(ask(0, 0));
    expect(image?.voxels).toEqual(patient.visits.at(-1)!.voxels);
    expect(image?.declineReason).toBeNull();
    expect(values['marker']?.value).toBe(patient.visits.at(-1)!.values['marker']);
  });

  it('tends to the last image and value as the distance tends to 0', () => {
    const { image, values } = method.forecast(ask(1e-6, 0));
    const { voxels, values: last } = patient.visits.at(-1)!;
    expect(Math.max(...image!.voxels.map((voxel, index) => Math.abs(voxel - voxels![index]!)))).toBeLessThan(1e-4);
    expect(values['marker']?.value).toBeCloseTo(last['marker']!, 4);
  });

  it('gives the same bytes again, on any thread, in any order of the population', async () => {
    const expected = method.forecast(ask(90, 4));
    expect(method.forecast(ask(90, 4))).toStrictEqual(expected);
    const forecaster = createForecasters({ threads }).get(method.modelId)!;
    const shuffled = { ...ask(90, 4), population: [...population].reverse() };
    const answers = await Promise.all([forecaster.forecast(ask(90, 4), signal), forecaster.forecast(shuffled, signal)]);
    for (const answer of answers) expect(answer).toStrictEqual(expected);
  });

  it('gives the same bytes whenever the others became known, as long as it was before asOf', () => {
    const later = range(16).map((index) => {
      const history = simulateHistory(WORLD, index + 1);
      const knownAtMs = history.knownAtMs.map((at) => at + 86_400_000 * ((7 * index) % 16) + 1234);
      return Object.assign(history, { knownAtMs });
    });
    const again = later.flatMap((history) => method.summarise(history) ?? []);
    const ofHash = (record: Uint8Array): string => createHash('sha256').update(record).digest('hex');
    const asStored = again.toSorted((a, b) => ofHash(a).localeCompare(ofHash(b)));
    const input = { ...ask(90, 4), populationAsOfMs: 9e14 };
    expect(method.forecast({ ...input, populationAsOfMs: 8e14, population: asStored })).toStrictEqual(
      method.forecast(input),
    );
  });

  it('summarises a patient to the same bytes again, on any thread', async () => {
    const forecaster = createForecasters({ threads }).get(method.modelId)!;
    expect(await forecaster.summarise(patient, signal)).toStrictEqual(method.summarise(patient));
  });

  it('leaves its input as it was', () => {
    const input = ask(90, 4);
    const copy = structuredClone(input);
    method.forecast(input);
    method.summarise(patient);
    expect(input).toStrictEqual(copy);
  });

  it('answers finite numbers within what can be, whatever is asked', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 5000, noNaN: true }),
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        (days, dose) => {
          const { image, values } = method.forecast(ask(days, dose));
          expect(image!.voxels.every(Number.isFinite)).toBe(true);
          expect(values['marker']!.value).toBeGreaterThanOrEqual(0.01);
          expect(values['marker']!.value).toBeLessThanOrEqual(10_000);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('answers values alone where there is no image', () => {
    const visits = patient.visits.map((visit) => ({ ...visit, voxels: null }));
    const { image, values } = method.forecast({ ...ask(90, 0), visits, shape: null });
    expect(image).toBeNull();
    expect(values['marker']?.value).toBeGreaterThan(0);
  });

  it('answers nothing for a value that has nothing to start from', () => {
    expect(method.forecast({ ...ask(90, 0), valueOrigins: {} }).values).toEqual({});
  });

  it('answers one visit', () => {
    const { image, values } = method.forecast({ ...ask(90, 0), visits: patient.visits.slice(-1) });
    expect(image!.voxels.every(Number.isFinite)).toBe(true);
    expect(values['marker']!.value).toBeGreaterThan(0);
  });

  it('answers an image without contrast', () => {
    const visits = patient.visits.map((visit) => ({ ...visit, voxels: visit.voxels!.map(() => 7) }));
    expect(method.forecast({ ...ask(90, 0), visits }).image!.voxels.every((voxel) => voxel === 7)).toBe(true);
    expect(() => method.summarise({ ...patient, visits })).not.toThrow();
  });

  const last = patient.visits.at(-1)!;
  const withLast = (change: object): ForecastInput => ({
    ...ask(90, 0),
    visits: [...patient.visits.slice(0, -1), { ...last, ...change }],
  });
  it.each<readonly [string, ForecastInput, string]>([
    ['no visit', { ...ask(90, 0), visits: [] }, 'INSUFFICIENT_HISTORY'],
    ['a voxel that is no number', withLast({ voxels: last.voxels!.map(() => NaN) }), 'INVALID_INPUT'],
    ['an image of another shape', withLast({ voxels: new Float32Array(3) }), 'INVALID_INPUT'],
    ['no image at the origin', withLast({ voxels: null }), 'INVALID_INPUT'],
    ['an infinite value', withLast({ values: { marker: Infinity } }), 'INVALID_INPUT'],
    ['a visit before the one before', withLast({ day: -1e6 }), 'INVALID_INPUT'],
    ['a horizon in the past', ask(-1, 0), 'INVALID_INPUT'],
    ['a horizon that is no number', ask(NaN, 0), 'INVALID_INPUT'],
    ['a negative dose', ask(90, -1), 'INVALID_INPUT'],
    ['a treatment without an amount', { ...ask(90, 0), plannedExposures: {} }, 'INVALID_INPUT'],
  ])('refuses %s', (_, input, reason) => {
    let error: unknown = null;
    try {
      method.forecast(input);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(DomainError);
    expect(error).toMatchObject({ reason });
  });
});

describe('forecasters', () => {
  it('stop when they are aborted', async () => {
    const aborted = AbortSignal.abort(new DomainError('CANCELLED', 'stopped'));
    const forecaster = createForecasters({ threads }).get('linear-trend')!;
    await expect(forecaster.summarise(patient, aborted)).rejects.toMatchObject({ reason: 'CANCELLED' });
  });

  it('pass a refusal on as what it is', async () => {
    const forecaster = createForecasters({ threads }).get('carry-forward')!;
    const input = { ...forecastInputOf(patient, { horizonDays: 90, dose: 0 }), visits: [] };
    await expect(forecaster.forecast(input, signal)).rejects.toMatchObject({ reason: 'INSUFFICIENT_HISTORY' });
  });

  it('are computed in time for a clinic', { timeout: 60_000 }, () => {
    const big = { ...WORLD, shape: [7, 128, 128] as const, visits: 9 };
    const [patientOfClinic, other] = [simulateHistory(big, 1), simulateHistory(big, 2)];
    // The size of a record does not depend on that of the image.
    const others = range(22).map((seed) => simulateHistory({ ...big, shape: [1, 12, 12] }, seed + 3));
    for (const method of forecastingMethods.values()) {
      const started = performance.now();
      const first = method.summarise(other);
      const summariseMs = performance.now() - started;
      const population = [first ?? [], ...others.map((history) => method.summarise(history) ?? [])].flat();
      const before = performance.now();
      method.forecast(forecastInputOf(patientOfClinic, { horizonDays: 90, dose: 3, population }));
      const forecastMs = performance.now() - before;
      process.stdout.write(
        `${method.modelId}, 9 visits of 128x128x7: summarise ${summariseMs.toFixed(0)} ms (${((first?.byteLength ?? 0) / 1024).toFixed(0)} KiB), forecast from 23 others ${forecastMs.toFixed(0)} ms\n`,
      );
      expect(forecastMs).toBeLessThan(10_000);
    }
  });
});
