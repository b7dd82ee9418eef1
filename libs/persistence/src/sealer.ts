import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { KeyFile, type KeyRing } from './key-file.js';

/** What a sealed text belongs to. It opens only there: moved to another row, table or org it is garbage. */
export interface SealContext {
  table: string;
  row: string;
  org: string;
}

const VERSION = 'v1';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** nonce, tag and ciphertext of AES-256-GCM in one text. */
function encrypt(key: Buffer, plain: Buffer, aad: Buffer): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES }).setAAD(aad);
  const text = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url');
}

function decrypt(key: Buffer, sealed: string, aad: Buffer): Buffer {
  const bytes = Buffer.from(sealed, 'base64url');
  if (bytes.length < NONCE_BYTES + TAG_BYTES) throw new Error('too short');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(aad)
    .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
}

/** As a JSON list, so that no choice of names makes two contexts look the same. */
const aadOf = (purpose: 'key' | 'text', { table, row, org }: SealContext): Buffer => Buffer.from(JSON.stringify([VERSION, purpose, table, row, org]));

/**
 * Secrets that must be readable again. Every record has a data key of its own, wrapped by a key-encryption key from outside
 * the database: `v1.<id of that key>.<wrapped data key>.<sealed text>`. Changing the outer key re-wraps and re-encrypts nothing else.
 */
export class Sealer {
  private readonly source: () => KeyRing;

  /** The first key seals; all of them open. `newest` is asked where one is missing. */
  constructor(
    keys: KeyRing | (() => KeyRing),
    private readonly newest?: () => KeyRing,
  ) {
    this.source = typeof keys === 'function' ? keys : () => keys;
    if (this.source().size === 0) throw new Error('There is no key to seal with');
  }

  /** Lines `<id> <32 bytes in base64url>`, the current key first. A changed file takes effect within a second, without a restart. */
  static fromFile(path: string): Sealer {
    const file = new KeyFile(path);
    return new Sealer(
      () => file.keys,
      () => file.newestKeys,
    );
  }

  seal(plain: string, context: SealContext): string {
    const dataKey = randomBytes(KEY_BYTES);
    return this.compose(dataKey, encrypt(dataKey, Buffer.from(plain), aadOf('text', context)), context);
  }

  /** Throws if anything about it was changed or it belongs elsewhere; the error says nothing of the content. */
  open(sealed: string, context: SealContext): string {
    const { dataKey, text } = this.unwrap(sealed, context);
    return this.tried(() => decrypt(dataKey, text, aadOf('text', context)).toString());
  }

  /** The same secret under the current key; the text itself is not decrypted. */
  rewrap(sealed: string, context: SealContext): string {
    const { dataKey, text } = this.unwrap(sealed, context);
    return this.compose(dataKey, text, context);
  }

  /** Whether `rewrap` would change the key. */
  isCurrent(sealed: string): boolean {
    return sealed.split('.')[1] === this.currentKey;
  }

  /** The id of the key that seals. */
  get currentKey(): string {
    return this.current[0];
  }

  private get current(): [string, Buffer] {
    return [...this.source()][0] as [string, Buffer];
  }

  private compose(dataKey: Buffer, text: string, context: SealContext): string {
    const [id, key] = this.current;
    return [VERSION, id, encrypt(key, dataKey, aadOf('key', context)), text].join('.');
  }

  private unwrap(sealed: string, context: SealContext): { dataKey: Buffer; text: string } {
    const [version, id = '', wrapped, text, ...rest] = sealed.split('.');
    if (version !== VERSION || wrapped === undefined || text === undefined || rest.length > 0) throw new Error('This is not a sealed text');
    const key = this.source().get(id) ?? this.newest?.().get(id);
    if (!key) throw new Error(`The key ${id} is not in the key file`);
    return { dataKey: this.tried(() => decrypt(key, wrapped, aadOf('key', context))), text };
  }

  private tried<T>(open: () => T): T {
    try {
      return open();
    } catch {
      throw new Error('A sealed text does not open: it was changed, or it belongs to another record');
    }
  }
}
