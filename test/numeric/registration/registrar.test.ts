import { afterAll, describe, expect, it } from 'vitest';
import { registerVolumes } from '../../../src/ml/registration/register-volumes.ts';
import { createRegistrar } from '../../../src/ml/registration/registrar.ts';
import { createWorkerThreads } from '../../../src/ml/worker-threads.ts';
import { planOf } from '../../support/registration-plan.ts';
import { gridOf, scanOf } from '../../support/synthetic-anatomy.ts';

const threads = createWorkerThreads({ threads: 1 });
afterAll(() => threads.close());
const registrar = createRegistrar({ threads });

const grid = gridOf([1, 96, 96], [5, 2, 2]);
const request = { fixed: scanOf(grid), moving: scanOf(grid, { seed: 2 }), plan: planOf() };

describe('registrar', () => {
  it('gives in a thread what the pure function gives, and leaves the images with the caller', async () => {
    const result = await registrar.register(request, new AbortController().signal);
    expect({ ...result, elapsedMs: 0 }).toEqual(registerVolumes(request, () => 0));
    expect(result.elapsedMs).toBeGreaterThan(0);
    expect(request.fixed.voxels.length).toBe(96 * 96);
  });

  it('stops with the reason of the signal', async () => {
    const controller = new AbortController();
    const pending = registrar.register(request, controller.signal);
    controller.abort(new Error('stopped'));
    await expect(pending).rejects.toThrow('stopped');
  });

  it('refuses what is too large before copying it', async () => {
    const moving = { ...request.moving, shape: [401, 512, 512] as const };
    await expect(registrar.register({ ...request, moving }, new AbortController().signal)).rejects.toMatchObject({
      reason: 'TOO_LARGE',
    });
  });

  it('names its method and revision', () => {
    expect(registrar.version).toMatch(/^[a-z-]+\/\d+$/);
  });
});
