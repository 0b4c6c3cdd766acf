import { describe, expect, it } from 'vitest';
import {
  compose,
  determinantOf,
  identityMatrix,
  indexToWorld,
  invert,
  rotationOfEuler,
  transformPoint,
  type Matrix4,
} from '../../../src/ml/registration/transform.ts';
import { affineMotion, rigidMotion } from '../../../src/ml/registration/motion-model.ts';
import { randomOf } from '../../support/synthetic-anatomy.ts';

function randomTransform(seed: number): Matrix4 {
  const random = randomOf(seed);
  const out = identityMatrix();
  for (let k = 0; k < 12; k++) {
    out[k]! += (random() - 0.5) * (k % 4 === 3 ? 100 : 0.6);
  }
  return out;
}

describe('transforms', () => {
  it('composed with their inverse are the identity, in both orders', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const m = randomTransform(seed);
      for (const product of [compose(m, invert(m)), compose(invert(m), m)]) {
        identityMatrix().forEach((value, k) => expect(product[k]).toBeCloseTo(value, 10));
      }
    }
  });

  it('composed apply the second to what the first gives', () => {
    const [first, second] = [randomTransform(1), randomTransform(2)];
    const direct = transformPoint(compose(second, first), 3, -4, 5);
    transformPoint(second, ...transformPoint(first, 3, -4, 5)).forEach((value, k) =>
      expect(direct[k]).toBeCloseTo(value, 9),
    );
  });

  it('without a volume have no inverse', () => {
    expect(() => invert(new Float64Array(16))).toThrow(RangeError);
  });

  it('of Euler angles turn by x, then y, then z and keep lengths', () => {
    const quarter = Math.PI / 2;
    const rotation = rotationOfEuler(quarter, 0, quarter);
    // y goes to z by the turn about x, and stays there by the turn about z.
    [0, 0, 1].forEach((value, row) => expect(rotation[3 * row + 1]).toBeCloseTo(value, 12));
    const any = rotationOfEuler(0.3, -0.7, 1.1);
    expect(
      determinantOf(Float64Array.of(...any.slice(0, 3), 0, ...any.slice(3, 6), 0, ...any.slice(6), 0)),
    ).toBeCloseTo(1);
  });

  it('from index to LPS follow spacing, origin and direction (columns of the matrix are x, y, z)', () => {
    const geometry = {
      shape: [5, 6, 7],
      spacingMm: [3, 2, 0.5],
      originMm: [10, 20, 30],
      direction: [0, 0, 1, 1, 0, 0, 0, 1, 0],
    } as const;
    expect(transformPoint(indexToWorld(geometry), 4, 0, 0)).toEqual([10, 22, 30]);
    expect(transformPoint(indexToWorld(geometry), 0, 4, 0)).toEqual([10, 20, 38]);
    expect(transformPoint(indexToWorld(geometry), 0, 0, 4)).toEqual([22, 20, 30]);
  });
});

describe('motion models', () => {
  it.each([
    ['rigid in a plane', rigidMotion(true), 3],
    ['rigid', rigidMotion(false), 6],
    ['affine in a plane', affineMotion(true), 6],
    ['affine', affineMotion(false), 12],
  ])('%s: the basis is the derivative of the move', (_, model, parameters) => {
    expect(model.parameters).toBe(parameters);
    const at = randomTransform(3);
    const basis = model.basis(at);
    const step = 1e-6;
    for (let p = 0; p < parameters; p++) {
      const change = new Float64Array(parameters);
      change[p] = step;
      const forward = model.moved(at, change);
      change[p] = -step;
      const backward = model.moved(at, change);
      for (let k = 0; k < 12; k++) {
        const index = k < 9 ? 4 * Math.floor(k / 3) + (k % 3) : 4 * (k - 9) + 3;
        const derivative = (forward[index]! - backward[index]!) / (2 * step);
        expect(basis[k * parameters + p]).toBeCloseTo(derivative, 6);
      }
    }
  });

  it('in a plane never leave it', () => {
    for (const model of [rigidMotion(true), affineMotion(true)]) {
      const moved = model.moved(identityMatrix(), new Float64Array(model.parameters).fill(0.2));
      expect(transformPoint(moved, 5, 6, 0)[2]).toBe(0);
    }
  });
});
