import { createHash } from 'node:crypto';

export type SplitPart = 'train' | 'validation' | 'test';

export interface SplitShares {
  /** Of the patients, 0..1; what is left is for training. */
  readonly validation: number;
  readonly test: number;
}

export interface PatientSplit {
  readonly parts: Readonly<Record<SplitPart, readonly string[]>>;
  /** SHA-256 over who is in which part, hexadecimal: two models with the same hash were split alike. */
  readonly hash: string;
}

const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');

/**
 * Splits by patient. Where a patient goes depends on the seed and on the patient alone, so that a new patient never moves another
 * from one part to another.
 * @param keys stable and distinct; hashed, never stored.
 */
export function splitByPatient(keys: readonly string[], seed: number, shares: SplitShares): PatientSplit {
  const partOf = (key: string): SplitPart => {
    const place = Number.parseInt(sha256(`${seed}/${key}`).slice(0, 12), 16) / 2 ** 48;
    if (place < shares.test) return 'test';
    return place < shares.test + shares.validation ? 'validation' : 'train';
  };
  const parts = { train: [], validation: [], test: [] } as Record<SplitPart, string[]>;
  for (const key of keys) parts[partOf(key)].push(key);
  const lines = Object.entries(parts).flatMap(([part, members]) => members.map((key) => `${part} ${sha256(key)}`));
  return { parts, hash: sha256(lines.sort().join('\n')) };
}
