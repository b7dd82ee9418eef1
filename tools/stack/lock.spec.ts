import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeLock } from './lock.js';
import { identify } from './running.js';

describe('the launcher’s lock', () => {
  let folder: string;
  let path: string;
  const heldBy = (pid: number, identity: string | undefined): void => writeFileSync(path, JSON.stringify({ pid, identity }));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'parley-lock-'));
    path = join(folder, 'lock');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is free again once it was given up', () => {
    takeLock(path)();

    expect(existsSync(path)).toBe(false);
    expect(() => takeLock(path)).not.toThrow();
  });

  it('is refused while its holder lives', () => {
    heldBy(process.ppid, identify(process.ppid));

    expect(() => takeLock(path)).toThrow(`Parley already runs on this data folder (launcher ${process.ppid})`);
  });

  it('is taken over from a holder that is gone', () => {
    heldBy(2 ** 22 + 1, '1');

    expect(() => takeLock(path)).not.toThrow();
  });

  it('is taken over when the holder’s number belongs to another process by now', () => {
    heldBy(process.ppid, 'started at another time');

    expect(() => takeLock(path)).not.toThrow();
  });
});
