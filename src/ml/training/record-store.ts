import { readFile } from 'node:fs/promises';
import { deserialize, serialize } from 'node:v8';
import { writeWhole } from '../engine/weights/weights-file.ts';

/**
 * What a training computed before its first step, kept in a file so that an interrupted one need not compute it again. A
 * file of another identity, or one that is damaged, counts as absent.
 * @param compute gives plain data: what can be structured-cloned.
 */
export async function keptRecords<T>(
  path: string | undefined,
  identity: string,
  compute: () => Promise<T>,
): Promise<T> {
  if (path === undefined) return compute();
  const kept = await readKept(path);
  if (kept?.identity === identity) return kept.records as T;
  const records = await compute();
  await writeWhole(path, serialize({ identity, records }));
  return records;
}

async function readKept(path: string): Promise<{ readonly identity: unknown; readonly records: unknown } | null> {
  try {
    return deserialize(await readFile(path)) as { identity: unknown; records: unknown };
  } catch {
    return null;
  }
}
