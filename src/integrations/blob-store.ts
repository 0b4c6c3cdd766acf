import { createHash, randomUUID } from 'node:crypto';
import { access, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { FaultError } from '../errors.ts';
import type { BlobStore } from '../twins/ports.ts';

/**
 * Content-addressed bytes in a directory: `<first two hex digits>/<next two>/<SHA-256>`.
 *
 * A blob is written beside its name, flushed to disk and renamed, so that a name never shows half of its content; the
 * folder is flushed too, so that the name survives a power cut. Several processes may put the same content at once.
 * @param directory is made when the first blob is stored.
 */
export function createFileBlobStore(directory: string): BlobStore {
  const fileOf = (sha256: string): string => {
    // The name becomes a path.
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new FaultError('the name of a blob is not a SHA-256 in lower-case hex');
    return path.join(directory, sha256.slice(0, 2), sha256.slice(2, 4), sha256);
  };
  const has = async (sha256: string): Promise<boolean> => {
    const file = fileOf(sha256);
    return access(file).then(
      () => true,
      () => false,
    );
  };
  return {
    has,
    async put(content) {
      const sha256 = hashOf(content);
      const file = fileOf(sha256);
      if (await isIntact(file, sha256)) return sha256;
      const folder = path.dirname(file);
      await mkdir(folder, { recursive: true });
      const temporary = path.join(folder, `.${randomUUID()}`);
      try {
        await writeDurably(temporary, content);
        await rename(temporary, file);
        await flushFolder(folder);
      } catch (cause) {
        await rm(temporary, { force: true });
        throw new FaultError(`a blob of ${content.length} bytes could not be stored`, { cause });
      }
      return sha256;
    },
    async get(sha256) {
      const content = await readFile(fileOf(sha256)).catch((cause: unknown) => {
        throw new FaultError(`blob ${sha256} cannot be read`, { cause });
      });
      if (hashOf(content) !== sha256) throw new FaultError(`blob ${sha256} is corrupt: its content has another hash`);
      return new Uint8Array(content.buffer, content.byteOffset, content.byteLength);
    },
  };
}

const hashOf = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** A corrupt blob is replaced by the next put of its content. */
async function isIntact(file: string, sha256: string): Promise<boolean> {
  try {
    return hashOf(await readFile(file)) === sha256;
  } catch {
    return false;
  }
}

async function writeDurably(file: string, content: Uint8Array): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function flushFolder(folder: string): Promise<void> {
  // Windows cannot open a folder, and needs not.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
