import { describe, expect, it } from 'vitest';
import { prepareFixed, rememberingPrepareFixed } from '../../../src/ml/registration/prepare-fixed.ts';
import { registerVolumes } from '../../../src/ml/registration/register-volumes.ts';
import type { Volume } from '../../../src/twins/volume.ts';
import { planOf } from '../../support/registration-plan.ts';
import { gridOf, scanOf } from '../../support/synthetic-anatomy.ts';

const image = scanOf(gridOf([12, 48, 48], [8, 4, 4]));
const copyOf = (volume: Volume): Volume => ({ ...volume, voxels: volume.voxels.slice() });

describe('the last reference', () => {
  it('is known again by its voxels and its place', () => {
    const prepare = rememberingPrepareFixed();
    const first = prepare(copyOf(image), [1, 99], false);
    expect(prepare(copyOf(image), [1, 99], false)).toBe(first);
    expect(prepare(copyOf(image), [0, 100], false)).not.toBe(first);
    const again = prepare(copyOf(image), [1, 99], false);
    expect(prepare({ ...image, originMm: [0, 0, 0] }, [1, 99], false)).not.toBe(again);
    expect(prepare({ ...image, voxels: image.voxels.with(77, 12) }, [1, 99], false)).not.toBe(again);
  });

  it('gives what preparing it anew gives', () => {
    const prepare = rememberingPrepareFixed();
    for (const seed of [2, 1, 1]) {
      const request = {
        fixed: copyOf(image),
        moving: scanOf(gridOf([12, 48, 48], [8, 4, 4]), { seed, gain: 900 }),
        plan: planOf(),
      };
      expect(registerVolumes(request, () => 0, prepare)).toEqual(registerVolumes(request, () => 0, prepareFixed));
    }
  });

  it('is refused every time, for the same reason', () => {
    const prepare = rememberingPrepareFixed();
    const blank: Volume = { ...image, voxels: new Float32Array(image.voxels.length) };
    expect([prepare(blank, [1, 99], false), prepare(blank, [1, 99], false)]).toEqual(
      Array(2).fill(expect.stringContaining('blank')),
    );
  });
});
