import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import { FaultError } from '../errors.ts';
import type { ServiceAccount } from './service-account.ts';

/**
 * The shell reads from our end of a pipe: however this process ends, SIGKILL included, the pipe closes and PostgreSQL is
 * shut down. It also waits for PostgreSQL, so that its end is noticed here.
 */
const SUPERVISE = `trap "" INT TERM HUP
"$@" & postgres=$!
exec 3<&0 </dev/null
(cat <&3 >/dev/null; kill -INT "$postgres") & watch=$!
exec 3<&-
wait "$postgres"; status=$?
kill "$watch" 2>/dev/null
exit "$status"`;

export interface PostgresProcess {
  readonly hasExited: () => boolean;
  /** Resolves when PostgreSQL is gone, whoever ended it. */
  readonly gone: Promise<void>;
  /** Lets go of the event loop: PostgreSQL ends with this process instead of keeping it alive. */
  unref(): void;
  /** A fast shutdown: open transactions are rolled back, everything committed is kept. */
  stop(): Promise<void>;
}

/** Starts the server on a data directory, listening on a Unix socket only. */
export function spawnPostgres(options: {
  readonly bin: string;
  readonly account: ServiceAccount;
  readonly data: string;
  readonly socketDirectory: string;
  readonly logFile: string;
}): PostgresProcess {
  const settings = {
    listen_addresses: '',
    unix_socket_directories: options.socketDirectory,
    unix_socket_permissions: '0700',
    max_connections: '100',
    log_line_prefix: '%m [%p] ',
    // A statement or its values may hold what belongs to a patient.
    log_min_error_statement: 'panic',
    log_parameter_max_length_on_error: '0',
    log_error_verbosity: 'terse',
  };
  const log = openSync(options.logFile, 'a', 0o600);
  const shell = spawn(
    '/bin/sh',
    [
      '-c',
      SUPERVISE,
      'sequela-postgres',
      path.join(options.bin, 'postgres'),
      '-D',
      options.data,
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    { ...options.account, cwd: '/', stdio: ['pipe', log, log], detached: true },
  );
  closeSync(log);
  let exited = false;
  const gone = new Promise<void>((resolve) => {
    const settle = (): void => {
      exited = true;
      shell.stdin?.destroy();
      resolve();
    };
    shell.once('exit', settle);
    shell.once('error', settle);
  });
  shell.stdin?.on('error', () => {});
  return {
    hasExited: () => exited,
    gone,
    unref() {
      shell.unref();
      (shell.stdin as unknown as { unref(): void }).unref();
    },
    async stop() {
      shell.ref();
      shell.stdin?.end();
      await gone;
    },
  };
}

/**
 * Runs a tool of PostgreSQL to its end.
 * @throws {FaultError} when it fails; what it printed is the cause.
 */
export async function runPostgresTool(file: string, args: readonly string[], account: ServiceAccount): Promise<void> {
  const child = spawn(file, args, { ...account, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-4000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) {
    throw new FaultError(`${path.basename(file)} of PostgreSQL failed with exit status ${code}`, {
      cause: new Error(output),
    });
  }
}
