/**
 * `npm run test:browser`: the clinician's page in Debian's Chromium, against running servers. With `--screenshots`
 * writes pictures of every view, light and dark, into `docs/viewer` instead. Other arguments go to vitest.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { CHROMIUM, installRealServers } from '../test/support/real-servers.ts';

const root = path.resolve(import.meta.dirname, '..');
installRealServers([CHROMIUM]);
const asked = process.argv.slice(2);
const command = asked.includes('--screenshots')
  ? [path.join(root, 'test/browser/write-screenshots.ts')]
  : [path.join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'browser', ...asked];
process.exitCode = spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' }).status ?? 1;
