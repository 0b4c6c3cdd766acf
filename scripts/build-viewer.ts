/**
 * Builds the clinician's page from `viewer/` into `viewer/dist/<hash of its sources>` and removes older builds; prints
 * what the browser has to load. The server calls it by itself where Vite is installed; an installation without Vite is
 * given the built folder.
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { viewerBuildDirectory } from '../src/composition/viewer-build.ts';

/** A server that is starting may still be reading an older build. */
const KEEP_MS = 600_000;

// Whoever starts the server, the page is built for its users.
process.env['NODE_ENV'] = 'production';

const target = await viewerBuildDirectory();
const builds = path.dirname(target);
const viewer = path.dirname(builds);

if (!existsSync(target)) {
  await mkdir(builds, { recursive: true });
  const outDir = await mkdtemp(path.join(builds, '.building-'));
  try {
    await build({
      configFile: path.join(viewer, 'vite.config.ts'),
      logLevel: 'error',
      build: { outDir, emptyOutDir: true },
    });
    await rename(outDir, target).catch((error: unknown) => {
      // Another server that started at the same time was faster.
      if (!existsSync(target)) throw error;
    });
  } finally {
    await rm(outDir, { recursive: true, force: true });
  }
}

for (const name of await readdir(builds)) {
  const folder = path.join(builds, name);
  if (folder !== target && Date.now() - (await stat(folder)).mtimeMs > KEEP_MS) {
    await rm(folder, { recursive: true, force: true });
  }
}

let total = 0;
for (const name of await readdir(target, { recursive: true })) {
  const file = path.join(target, name);
  if (!(await stat(file)).isFile()) continue;
  const gzip = gzipSync(await readFile(file), { level: 9 }).length;
  if (name.endsWith('.js')) total += gzip;
  console.log(`${String(gzip).padStart(7)} bytes gzip  ${name}`);
}
console.log(`${String(total).padStart(7)} bytes gzip  of JavaScript in all`);
