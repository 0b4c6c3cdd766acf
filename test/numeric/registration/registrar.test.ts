import { afterAll, describe, expect, it } from 'vitest';
import { prepareFixed } from '../../../src/ml/registration/prepare-fixed.ts';
import { attemptRegistration, registerVolumes } from '../../../src/ml/registration/register-volumes.ts';
import { createRegistrar } from '../../../src/ml/registration/registrar.ts';
import { identityMatrix, rotationOfEuler } from '../../../src/ml/registration/transform.ts';
import { createWorkerThreads } from '../../../src/ml/worker-threads.ts';
import type { RegistrationRequest } from '../../../src/twins/registration.ts';
import { planOf } from '../../support/registration-plan.ts';
import { gridOf, scanOf } from '../../support/synthetic-anatomy.ts';

const threads = createWorkerThreads({ threads: 1 });
afterAll(() => threads.close());
const registrar = createRegistrar({ threads });
const { signal } = new AbortController();

const grid = gridOf([1, 96, 96], [5, 2, 2]);
const turned = (degrees: number) => {
  const pose = identityMatrix();
  const rotation = rotationOfEuler(0, 0, (degrees * Math.PI) / 180);
  for (let row = 0; row < 3; row++) {
    pose.set(rotation.subarray(3 * row, 3 * row + 3), 4 * row);
  }
  pose[3] = 5;
  return pose;
};
const pairOf = (degrees: number, plan = planOf()): RegistrationRequest => ({
  fixed: scanOf(grid, { noise: 0.01 }),
  moving: scanOf(grid, { pose: turned(degrees), noise: 0.01, gain: 800 }),
  plan,
});

describe('registrar', () => {
  it('gives in a thread what the pure function gives, and leaves the images with the caller', async () => {
    const request = pairOf(6);
    const told: number[] = [];
    const result = await registrar.register(request, signal, (fraction) => told.push(fraction));
    expect({ ...result, elapsedMs: 0 }).toEqual(registerVolumes(request, () => 0));
    expect(result.elapsedMs).toBeGreaterThan(0);
    expect(request.fixed.voxels.length).toBe(96 * 96);
    expect(told.length).toBeGreaterThan(2);
    expect(told.toSorted((a, b) => a - b)).toEqual(told);
    expect(told.every((fraction) => fraction > 0 && fraction <= 1)).toBe(true);
  });

  it('asks elastix, too, where its own method fails on images that can be compared', async () => {
    const request = { ...pairOf(0), moving: scanOf(grid, { seed: 2 }) };
    const result = await registrar.register(request, signal);
    const own = registerVolumes(request, () => 0);
    expect(result).toMatchObject({ verdict: 'refused', moved: null, stages: [...own.stages, 'elastix'] });
    expect(result.after!.maskedSsim).toBeGreaterThanOrEqual(own.after!.maskedSsim);
  });

  it('does not, where the images themselves are at fault', async () => {
    const request = pairOf(0);
    const blank = { ...request.moving, voxels: new Float32Array(96 * 96) };
    expect(await registrar.register({ ...request, moving: blank }, signal)).toMatchObject({
      verdict: 'refused',
      method: 'none',
      stages: [],
    });
  });

  it.each<[string, Partial<RegistrationRequest['moving']>, RegExp]>([
    ['NaN', { voxels: new Float32Array(96 * 96).fill(Number.NaN) }, /not a number/],
    ['a constant', { voxels: new Float32Array(96 * 96).fill(3) }, /blank/],
    ['one pixel', { shape: [1, 1, 1], voxels: Float32Array.of(1) }, /too small/],
    ['no spacing', { spacingMm: [5, 0, 0] }, /spacing/],
    ['a volume to a slice', { shape: [2, 96, 48] }, /single slice/],
    ['no size', { shape: [1, 0, 96], voxels: new Float32Array() }, /impossible size/],
  ])('refuses %s with the reason, and its thread lives on', async (_, change, reason) => {
    const request = pairOf(4);
    const bad = await registrar.register({ ...request, moving: { ...request.moving, ...change } }, signal);
    expect(bad).toMatchObject({ verdict: 'refused', reason: expect.stringMatching(reason), moved: null, stages: [] });
    expect(await registrar.register(request, signal)).toMatchObject({ verdict: 'accepted' });
  });

  it('stops within a tenth of a second with the reason of the signal, and its thread is free again', async () => {
    const large = gridOf([64, 128, 128], [2, 1.6, 1.6]);
    const fixed = scanOf(large);
    const request = { fixed, moving: { ...fixed, originMm: [9, -7, 5] as const }, plan: planOf() };
    const controller = new AbortController();
    const started = Promise.withResolvers<void>();
    const pending = registrar.register(request, controller.signal, () => started.resolve());
    const outcome = pending.catch((error: unknown) => ({ error, at: performance.now() }));
    await started.promise;
    const abortedAt = performance.now();
    controller.abort(new Error('stopped'));
    const ended = await outcome;
    expect(ended).toMatchObject({ error: { message: 'stopped' } });
    expect((ended as { at: number }).at - abortedAt).toBeLessThan(100);
    expect(await registrar.register(pairOf(3), signal)).toMatchObject({ verdict: 'accepted' });
    const late = new AbortController();
    late.abort(new Error('too late'));
    await expect(registrar.register(request, late.signal)).rejects.toThrow('too late');
  });

  it('refuses what is too large before copying it', async () => {
    const request = pairOf(0);
    const moving = { ...request.moving, shape: [401, 512, 512] as const };
    await expect(registrar.register({ ...request, moving }, signal)).rejects.toMatchObject({ reason: 'TOO_LARGE' });
  });

  it('names its method and revision', () => {
    expect(registrar.version).toMatch(/^[a-z-]+\/\d+$/);
    expect(registrar.pairsAtOnce).toBe(1);
  });
});

describe("another engine's answer", () => {
  // Half a turn is beyond what any start of the own search reaches.
  const request = pairOf(175);
  const { outcome, retry } = attemptRegistration(request, prepareFixed);

  it('is refined, judged by the same gate and used where it is better', () => {
    expect(outcome).toMatchObject({ verdict: 'refused', moved: null });
    expect(retry!.withTransform(turned(173))).toMatchObject({
      verdict: 'accepted',
      reason: null,
      method: 'elastix',
      stages: ['rigid', 'affine', 'elastix'],
      transform: { kind: 'affine' },
    });
  });

  it('changes nothing where there is none, or where it is no better', () => {
    const unchanged = { ...outcome, stages: ['rigid', 'affine', 'elastix'] };
    expect(retry!.withTransform(null)).toEqual(unchanged);
    expect(retry!.withTransform(turned(90))).toMatchObject({ verdict: 'refused' });
    const collapsed = identityMatrix();
    collapsed[0] = 0.1;
    expect(retry!.withTransform(collapsed)).toEqual(unchanged);
  });
});
