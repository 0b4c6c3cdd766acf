import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { runPostgresTool, spawnPostgres } from '../../src/database/postgres-process.ts';
import { serviceAccount } from '../../src/database/service-account.ts';

const VERSIONS = '/usr/lib/postgresql';

/** The folder of the newest PostgreSQL server that Debian installed; null where there is none. */
export function debianPostgresBinaries(): string | null {
  const [newest] = (existsSync(VERSIONS) ? readdirSync(VERSIONS) : [])
    .filter((version) => existsSync(path.join(VERSIONS, version, 'bin', 'postgres')))
    .sort((a, b) => Number(b) - Number(a));
  return newest === undefined ? null : path.join(VERSIONS, newest, 'bin');
}

/** A throwaway cluster of Debian's server in a temporary folder, with the locale that a hospital's server has. */
export async function startDebianPostgres(bin: string): Promise<{ url: string; stop(): Promise<void> }> {
  const account = serviceAccount();
  const directory = mkdtempSync(path.join(os.tmpdir(), 'sequela-debian-'));
  if (account.uid !== undefined && account.gid !== undefined) {
    chownSync(directory, account.uid, account.gid);
  }
  const data = path.join(directory, 'data');
  await runPostgresTool(
    path.join(bin, 'initdb'),
    ['-D', data, '-U', 'sequela', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'],
    account,
  );
  const logFile = path.join(directory, 'postgresql.log');
  const server = spawnPostgres({ bin, account, data, socketDirectory: directory, logFile });
  const url = `postgres://sequela@/postgres?host=${encodeURIComponent(directory)}`;
  for (const deadline = Date.now() + 30_000; !(await answers(url)); await sleep(25)) {
    if (server.hasExited() || Date.now() > deadline) {
      throw new Error("Debian's PostgreSQL did not start");
    }
  }
  return {
    url,
    async stop() {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}
