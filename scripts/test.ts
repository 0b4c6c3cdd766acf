/**
 * `npm test`: every test, with the real servers installed where that is possible. Says what is missing and therefore
 * skipped. Arguments go to vitest.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { debianPostgresBinaries } from '../test/support/debian-postgres.ts';
import { CHROMIUM, ELASTIX, installRealServers, type RealServer } from '../test/support/real-servers.ts';

const REAL_SERVERS: readonly RealServer[] = [
  {
    what: 'Orthanc with its DICOMweb plugin (a real PACS)',
    file: '/usr/share/orthanc/plugins/libOrthancDicomWeb.so',
    packages: ['orthanc', 'orthanc-dicomweb'],
  },
  CHROMIUM,
  {
    what: "Vulkan's loader, by which WebGPU finds a device",
    file: `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/libvulkan.so.1`,
    packages: ['libvulkan1'],
  },
  ELASTIX,
  { what: 'dciodvfy (DICOM conformance of written objects)', file: '/usr/bin/dciodvfy', packages: ['dicom3tools'] },
];

const root = path.resolve(import.meta.dirname, '..');
installRealServers(REAL_SERVERS);
if (!existsSync(path.resolve(root, '../shared/data'))) {
  console.error('skipped: the public test data are not beside this repository (../shared/data)');
}

const asked = process.argv.slice(2);
let failed = runTests(asked);
if (asked.length === 0) {
  if (debianPostgresBinaries() === null) {
    console.error("skipped: Debian's PostgreSQL server is not installed (Debian: postgresql)");
  } else {
    console.error("again, what needs a database, on Debian's PostgreSQL server");
    const suites = ['database', 'jobs', 'api'].map((name) => `test/integration/${name}`);
    failed = runTests(['--project', 'integration', ...suites], { SEQUELA_TEST_DATABASE: 'debian' }) || failed;
  }
}
process.exitCode = failed ? 1 : 0;

/** True when a test failed. */
function runTests(args: readonly string[], environment: Readonly<Record<string, string>> = {}): boolean {
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
  const env = { ...process.env, ...environment };
  return spawnSync(process.execPath, [vitest, 'run', ...args], { cwd: root, stdio: 'inherit', env }).status !== 0;
}
