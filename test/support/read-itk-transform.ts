import { readFileSync } from 'node:fs';
import type { Matrix4 } from '../../src/ml/registration/transform.ts';

/** Reads an ITK text transform of the matrix-and-offset kind: x -> A (x - c) + t + c, in LPS mm. */
export function readItkTransform(path: string): Matrix4 {
  const numbersOf = (name: string): number[] => {
    const line = readFileSync(path, 'utf8')
      .split('\n')
      .find((text) => text.startsWith(`${name}:`));
    return (line ?? '')
      .slice(name.length + 1)
      .trim()
      .split(/\s+/)
      .map(Number);
  };
  const p = numbersOf('Parameters');
  const c = numbersOf('FixedParameters');
  const matrix = Float64Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
  for (let row = 0; row < 3; row++) {
    const a = p.slice(3 * row, 3 * row + 3);
    matrix.set(a, 4 * row);
    matrix[4 * row + 3] = p[9 + row]! + c[row]! - a.reduce((sum, value, k) => sum + value * c[k]!, 0);
  }
  return matrix;
}
