import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { FaultError } from '../errors.ts';

/** The account that PostgreSQL runs under; empty where that is our own. */
export interface ServiceAccount {
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * PostgreSQL refuses to run as root, so root hands it to `postgres`, or to `nobody` where that does not exist.
 * @throws {FaultError} when we are root and the machine has neither.
 */
export function serviceAccount(): ServiceAccount {
  if (process.getuid?.() !== 0) {
    return {};
  }
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const account = ['postgres', 'nobody']
    .map((name) => accounts.find((fields) => fields[0] === name))
    .find((fields) => fields !== undefined);
  if (account === undefined) {
    throw new FaultError(
      'the embedded PostgreSQL cannot run as root and this machine has no account "postgres" or "nobody"; ' +
        'run as another user or set DATABASE_URL to a PostgreSQL server',
    );
  }
  return { uid: Number(account[2]), gid: Number(account[3]) };
}

/** Whether the account may enter every folder on the way to a path (a home directory often lets nobody else in). */
export function canReach({ uid, gid }: ServiceAccount, target: string): boolean {
  if (uid === undefined) {
    return true;
  }
  for (let folder = path.resolve(target); ; folder = path.dirname(folder)) {
    const { mode, uid: owner, gid: group } = statSync(folder);
    const executeBit = owner === uid ? 0o100 : group === gid ? 0o010 : 0o001;
    if ((mode & executeBit) === 0) {
      return false;
    }
    if (folder === path.dirname(folder)) {
      return true;
    }
  }
}
