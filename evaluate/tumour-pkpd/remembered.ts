import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(import.meta.dirname, '..', '..');

/** SHA-256 over source folders and files, so that what other code has computed is never taken for what this code computes. */
export function sourceHash(...sources: readonly string[]): string {
  const hash = createHash('sha256');
  for (const folder of sources) {
    if (folder.endsWith('.ts')) {
      hash.update(readFileSync(path.join(ROOT, folder)));
      continue;
    }
    const files = readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' });
    for (const file of files.filter((name) => name.endsWith('.ts')).sort()) {
      hash.update(file).update(readFileSync(path.join(ROOT, folder, file)));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

/** What `compute` returns, from an earlier run with the same key where there was one: an evaluation that was cut off goes on. */
export async function remembered<Result>(
  experiment: string,
  key: string,
  compute: () => Result | Promise<Result>,
): Promise<Result> {
  const folder = path.join(ROOT, '.sequela', 'evaluate', experiment);
  const file = path.join(folder, `${key}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Result;
  const result = await compute();
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${file}.part`, JSON.stringify(result));
  renameSync(`${file}.part`, file);
  return result;
}
