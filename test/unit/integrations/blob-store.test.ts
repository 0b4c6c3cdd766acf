import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FaultError } from '../../../src/errors.ts';
import { createFileBlobStore } from '../../../src/integrations/blob-store.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'sequela-blobs-'));
});
afterAll(() => rm(directory, { recursive: true }));

const content = (text: string) => new TextEncoder().encode(text);
const fileOf = (sha256: string) => path.join(directory, sha256.slice(0, 2), sha256.slice(2, 4), sha256);

describe('the file blob store', () => {
  test('gives back what was put, under the hash of its content', async () => {
    const store = createFileBlobStore(directory);
    const bytes = content('voxels');
    const sha256 = await store.put(bytes);
    expect(sha256).toBe(createHash('sha256').update('voxels').digest('hex'));
    expect(await store.get(sha256)).toEqual(bytes);
    expect(await store.has(sha256)).toBe(true);
  });

  test('keeps an empty blob', async () => {
    const store = createFileBlobStore(directory);
    expect(await store.get(await store.put(new Uint8Array()))).toHaveLength(0);
  });

  test('takes the same content from many writers at once and leaves one file', async () => {
    const store = createFileBlobStore(directory);
    const names = await Promise.all(Array.from({ length: 20 }, () => store.put(content('raced'))));
    expect(new Set(names).size).toBe(1);
    expect(await readdir(path.dirname(fileOf(names[0]!)))).toEqual([names[0]]);
  });

  test('refuses a blob that was changed on disk, and heals when its content is put again', async () => {
    const store = createFileBlobStore(directory);
    const sha256 = await store.put(content('original'));
    await writeFile(fileOf(sha256), 'tampered');
    await expect(store.get(sha256)).rejects.toThrow(/corrupt/);
    await store.put(content('original'));
    expect(await store.get(sha256)).toEqual(content('original'));
  });

  test('refuses an absent blob', async () => {
    const store = createFileBlobStore(directory);
    const absent = 'a'.repeat(64);
    expect(await store.has(absent)).toBe(false);
    await expect(store.get(absent)).rejects.toThrow(FaultError);
  });

  test.each(['../../etc/passwd', 'A'.repeat(64), 'a'.repeat(63), `${'a'.repeat(64)}/..`, ''])(
    'takes no name but a hash: %j',
    async (name) => {
      const store = createFileBlobStore(directory);
      await expect(store.get(name)).rejects.toThrow(FaultError);
      await expect(store.has(name)).rejects.toThrow(FaultError);
    },
  );
});
