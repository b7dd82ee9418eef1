import { chownSync, existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

export interface SystemUser {
  uid: number;
  gid: number;
}

const nobody: SystemUser = { uid: 65534, gid: 65534 };

/** PostgreSQL refuses to run as root. As root it gets the user `nobody`, which exists as a number everywhere; else it is us. */
export function unprivilegedUser(): SystemUser | undefined {
  return process.getuid?.() === 0 ? nobody : undefined;
}

export function giveTo(user: SystemUser | undefined, path: string): void {
  if (user) chownSync(path, user.uid, user.gid);
}

/** Whether a user who owns nothing on the way could get at the path: a home folder with mode 0700 keeps it out. */
export function isReachableByOthers(path: string): boolean {
  const full = resolve(path);
  if (existsSync(full) && (statSync(full).mode & 0o001) === 0) return false;
  return dirname(full) === full || isReachableByOthers(dirname(full));
}
