import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { FaultError } from '../errors.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const VIEWER = path.join(ROOT, 'viewer');
const BUILT = path.join(VIEWER, 'dist');

/** The folder that the page's sources, as they are now, are built into: its name is their hash. */
export async function viewerBuildDirectory(): Promise<string> {
  const hash = createHash('sha256');
  for (const file of await sources()) {
    hash.update(`${file}\0`).update(await readFile(path.join(VIEWER, file)));
  }
  return path.join(BUILT, hash.digest('hex').slice(0, 16));
}

/**
 * The folder of the built page, built first where its sources have changed; null where there is neither a build nor the
 * means to make one. An installation for production is built beforehand and needs no Vite.
 * @throws {FaultError} when the build fails.
 */
export async function buildViewerWhenStale(): Promise<string | null> {
  const directory = await viewerBuildDirectory();
  if (existsSync(directory)) return directory;
  if (!existsSync(path.join(ROOT, 'node_modules/vite'))) {
    const builds = await readdir(BUILT).catch((): string[] => []);
    return builds[0] === undefined ? null : path.join(BUILT, builds[0]);
  }
  const child = spawn(process.execPath, [path.join(ROOT, 'scripts/build-viewer.ts')], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk) => (said += String(chunk)));
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  if (code !== 0) {
    throw new FaultError(`the page could not be built: ${said.trim().slice(-2000)}`);
  }
  return directory;
}

async function sources(): Promise<string[]> {
  const entries = await readdir(VIEWER, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(VIEWER, path.join(entry.parentPath, entry.name)))
    .filter((file) => !file.startsWith(`dist${path.sep}`))
    .sort();
}
