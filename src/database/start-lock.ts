import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';

/** A start that takes longer is not believed any more; two at once are harmless, only slower. */
const LOCK_LIFETIME_MS = 30_000;

/**
 * Keeps other starters waiting while one works. Only a courtesy: PostgreSQL itself refuses a second server on a data
 * directory, so a lock that is taken for stale too early costs nothing but time.
 */
export function takeLock(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw error;
    }
  }
  try {
    const isYoung = Date.now() - statSync(file).mtimeMs < LOCK_LIFETIME_MS;
    if (!isYoung || !isAlive(Number(readFileSync(file, 'utf8')))) {
      rmSync(file, { force: true });
    }
  } catch {
    // Its holder just let go.
  }
  return false;
}

/** Whether a process of this number exists. */
export function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) {
    // Its holder has made the file and not written yet; the lifetime ends this where the holder died there.
    return true;
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
