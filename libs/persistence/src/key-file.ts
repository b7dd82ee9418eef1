import { readFileSync, statSync } from 'node:fs';

const KEY_BYTES = 32;
/** Between two looks whether the file has changed. Milliseconds. */
const LOOK_EVERY_MS = 1_000;

/** Key-encryption keys by their id, the current one first. */
export type KeyRing = ReadonlyMap<string, Buffer>;

function parseKey(line: string): [string, Buffer] {
  const [id = '', text = '', ...rest] = line.trim().split(/\s+/);
  const key = Buffer.from(text, 'base64url');
  if (!/^[\w-]+$/.test(id) || key.length !== KEY_BYTES || rest.length > 0) throw new Error('Each line of the key file is "<id> <32 bytes in base64url>"');
  return [id, key];
}

/** Lines `<id> <32 bytes in base64url>`; empty lines and lines beginning with # are skipped. */
function parse(text: string): KeyRing {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const keys = new Map(lines.map(parseKey));
  if (keys.size === 0) throw new Error('There is no key to seal with');
  return keys;
}

/**
 * The keys in a file, as they are now, give or take a second. A file that is no good any more (half written, gone) changes nothing:
 * what was read last goes on.
 */
export class KeyFile {
  private ring: KeyRing;
  private stamp: string;
  private lookedAt = performance.now();

  constructor(private readonly path: string) {
    this.stamp = stampOf(path);
    this.ring = parse(readFileSync(path, 'utf8'));
  }

  get keys(): KeyRing {
    if (performance.now() - this.lookedAt >= LOOK_EVERY_MS) this.look();
    return this.ring;
  }

  /** Looks now: for a record under a key that is not known yet. */
  get newestKeys(): KeyRing {
    this.look();
    return this.ring;
  }

  private look(): void {
    this.lookedAt = performance.now();
    try {
      const stamp = stampOf(this.path);
      if (stamp === this.stamp) return;
      this.ring = parse(readFileSync(this.path, 'utf8'));
      this.stamp = stamp;
    } catch {
      // Looked at again in a second: whoever replaces the file may be in the middle of it.
    }
  }
}

/** Changes whenever the file is written or replaced. */
function stampOf(path: string): string {
  const { ino, size, mtimeNs } = statSync(path, { bigint: true });
  return `${ino} ${size} ${mtimeNs}`;
}
