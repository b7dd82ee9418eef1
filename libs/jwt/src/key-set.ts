import { type CryptoKey, importJWK, type JWK } from 'jose';

/** Between two requests for the keys at least so long, whatever `kid` somebody invents. Milliseconds. */
const MIN_REFETCH_MS = 2000;
/** A key that was withdrawn is trusted at most this much longer. Milliseconds. */
const MAX_AGE_MS = 30_000;

export interface PublishedKeys {
  issuer: string;
  keys: readonly JWK[];
}

interface Loaded {
  issuer: string;
  byKid: ReadonlyMap<string, CryptoKey>;
  at: number;
}

/** The public keys of one issuer (RFC 7517), fetched when first needed, again when a `kid` is unknown, and when they are old. */
export class KeySet {
  private loaded: Loaded | undefined;
  private loading: Promise<Loaded> | undefined;
  private triedAt = -Infinity;

  constructor(private readonly fetchKeys: () => Promise<PublishedKeys>) {}

  /**
   * @returns the key and its issuer; undefined if the issuer has no such key
   * @throws what `fetchKeys` throws, while no keys at all are known
   */
  async find(kid: string): Promise<{ key: CryptoKey; issuer: string } | undefined> {
    let keys = this.loaded ?? (await this.load());
    const old = Date.now() - keys.at > MAX_AGE_MS;
    if ((old || !keys.byKid.has(kid)) && Date.now() - this.triedAt >= MIN_REFETCH_MS) keys = await this.load().catch(() => keys);
    const key = keys.byKid.get(kid);
    return key && { key, issuer: keys.issuer };
  }

  private load(): Promise<Loaded> {
    this.loading ??= this.fetchAndImport().finally(() => (this.loading = undefined));
    return this.loading;
  }

  private async fetchAndImport(): Promise<Loaded> {
    this.triedAt = Date.now();
    const { issuer, keys } = await this.fetchKeys();
    const imported = await Promise.all(keys.map(async (jwk) => [String(jwk.kid), (await importJWK(jwk, 'ES256')) as CryptoKey] as const));
    this.loaded = { issuer, byKid: new Map(imported), at: Date.now() };
    return this.loaded;
  }
}
