import { createHash } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { FaultError } from '../errors.ts';
import { keepRunning } from './keep-postgres-running.ts';
import { postgresBinaries } from './postgres-binaries.ts';
import { runPostgresTool, spawnPostgres } from './postgres-process.ts';
import { canReach, serviceAccount, type ServiceAccount } from './service-account.ts';
import { isAlive, takeLock } from './start-lock.ts';

const START_DEADLINE_MS = 60_000;
/** How long a server that is alive but does not answer (it starts, recovers or shuts down) is waited for. */
const PATIENCE_MS = 15_000;
const USER = 'sequela';
const SOCKET_PREFIX = 'sequela-pg-';
const SOCKET_NOTE = 'socket-directory';
/** Where root keeps the data when the service account cannot enter the wanted folder. */
const DATA_OF_ROOT = '/var/lib/sequela';

export interface EmbeddedPostgres {
  readonly url: string;
  /** False where another process of this machine started the server and will stop it. */
  readonly isOwner: boolean;
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  readonly directory: string;
  /** Told when the server ends although nobody here stopped it, and when it cannot be started again. */
  readonly onUnexpectedExit?: (error: FaultError) => void;
}

/**
 * Starts a real PostgreSQL that belongs to a folder, or joins the one that another process started there.
 *
 * It listens on a private Unix socket only, and stops when the process that started it ends in any way. What was
 * committed survives a kill of either. A server that dies meanwhile is started again at the same URL.
 * @throws {FaultError} when it cannot start here; the message says what to do instead.
 */
export async function startEmbeddedPostgres({
  directory,
  onUnexpectedExit,
}: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  if (process.platform === 'win32') {
    throw new FaultError('the embedded PostgreSQL needs Unix sockets; set DATABASE_URL to a PostgreSQL server');
  }
  const account = serviceAccount();
  const root = claimDirectory(path.resolve(directory), account);
  const data = path.join(root, 'data');
  const lock = path.join(root, 'start.lock');
  const begun = Date.now();
  for (const deadline = begun + START_DEADLINE_MS; ; await sleep(50)) {
    const running = runningServer(data);
    if (running !== null && (await answers(running.socketDirectory))) {
      return { url: socketUrl(running.socketDirectory), isOwner: false, stop: async () => {} };
    }
    if (Date.now() > deadline) {
      throw new FaultError(`the embedded PostgreSQL did not start; see ${path.basename(root)}/postgresql.log`);
    }
    // Its number may have been given to another process since; PostgreSQL knows how to tell.
    const isWorthWaiting = running !== null && Date.now() - begun < PATIENCE_MS;
    if (isWorthWaiting || !takeLock(lock)) {
      continue;
    }
    try {
      const bin = postgresBinaries(root, account);
      await initialise(bin, data, account);
      const started = await startServer({ root, data, bin, account, onUnexpectedExit, deadline });
      if (started !== null) {
        return started;
      }
    } finally {
      rmSync(lock, { force: true });
    }
  }
}

interface ServerStart {
  readonly root: string;
  readonly data: string;
  readonly bin: string;
  readonly account: ServiceAccount;
  readonly onUnexpectedExit: EmbeddedPostgresOptions['onUnexpectedExit'];
  readonly deadline: number;
}

/** Null where another process was faster. */
async function startServer(start: ServerStart): Promise<EmbeddedPostgres | null> {
  const { root, data, bin, account, onUnexpectedExit, deadline } = start;
  if (runningServer(data) === null) {
    removeAbandonedSocketDirectory(root);
  }
  const socketDirectory = makeSocketDirectory(root, account);
  const logFile = path.join(root, 'postgresql.log');
  const server = spawnPostgres({ bin, account, data, socketDirectory, logFile });
  while (!(await answers(socketDirectory))) {
    if (server.hasExited()) {
      rmSync(socketDirectory, { recursive: true, force: true });
      if (runningServer(data) !== null) {
        return null;
      }
      throw new FaultError(`the embedded PostgreSQL ended at its start; see ${path.basename(root)}/postgresql.log`);
    }
    if (Date.now() > deadline) {
      await server.stop();
      throw new FaultError(`the embedded PostgreSQL did not answer; see ${path.basename(root)}/postgresql.log`);
    }
    await sleep(20);
  }
  server.unref();
  const keeper = keepRunning({
    server,
    spawn: () => spawnPostgres({ bin, account, data, socketDirectory, logFile }),
    isUp: () => answers(socketDirectory),
    report: onUnexpectedExit,
  });
  return {
    url: socketUrl(socketDirectory),
    isOwner: true,
    async stop() {
      await keeper.stop();
      rmSync(socketDirectory, { recursive: true, force: true });
    },
  };
}

function claimDirectory(directory: string, account: ServiceAccount): string {
  mkdirSync(directory, { recursive: true });
  let root = directory;
  if (!canReach(account, path.dirname(directory))) {
    const name = createHash('sha256').update(directory).digest('hex').slice(0, 16);
    root = path.join(DATA_OF_ROOT, name);
    mkdirSync(root, { recursive: true });
  }
  if (account.uid !== undefined && account.gid !== undefined) {
    chownSync(root, account.uid, account.gid);
  }
  return root;
}

async function initialise(bin: string, data: string, account: ServiceAccount): Promise<void> {
  if (existsSync(path.join(data, 'PG_VERSION'))) {
    return;
  }
  // Under another name first: a start that was killed in the middle leaves no half of a data directory.
  const unfinished = `${data}.${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  await runPostgresTool(
    path.join(bin, 'initdb'),
    ['-D', unfinished, '-U', USER, '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-instructions'],
    account,
  );
  try {
    renameSync(unfinished, data);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(path.join(data, 'PG_VERSION'))) {
      throw error;
    }
  }
}

/** A socket path is short (108 bytes at most), so it lies in the folder for temporary files. */
function makeSocketDirectory(root: string, { uid, gid }: ServiceAccount): string {
  const directory = mkdtempSync(path.join(os.tmpdir(), SOCKET_PREFIX));
  if (uid !== undefined && gid !== undefined) {
    chownSync(directory, uid, gid);
  }
  writeFileSync(path.join(root, SOCKET_NOTE), directory);
  return directory;
}

function removeAbandonedSocketDirectory(root: string): void {
  const note = path.join(root, SOCKET_NOTE);
  const abandoned = existsSync(note) ? readFileSync(note, 'utf8') : '';
  if (path.basename(abandoned).startsWith(SOCKET_PREFIX)) {
    rmSync(abandoned, { recursive: true, force: true });
  }
}

/** The server that lives on a data directory, ready or not; null where none does. */
function runningServer(data: string): { readonly socketDirectory: string } | null {
  let lines: string[];
  try {
    lines = readFileSync(path.join(data, 'postmaster.pid'), 'utf8')
      .split('\n')
      .map((line) => line.trim());
  } catch {
    return null;
  }
  // Lines of postmaster.pid: pid, data directory, start time, port, socket directory, address, shared memory, status.
  const [pid, , , , socketDirectory] = lines;
  return isAlive(Number(pid)) ? { socketDirectory: socketDirectory ?? '' } : null;
}

async function answers(socketDirectory: string): Promise<boolean> {
  if (socketDirectory === '') {
    return false;
  }
  const client = new Client({ connectionString: socketUrl(socketDirectory), connectionTimeoutMillis: 1000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

const socketUrl = (directory: string): string => `postgres://${USER}@/postgres?host=${encodeURIComponent(directory)}`;
