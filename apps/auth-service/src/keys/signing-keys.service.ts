import { Injectable } from '@nestjs/common';
import type { PublicJwk } from '@parley/dto';
import { newSigningKey, publicHalf } from '@parley/jwt';
import { Database, type SealContext, Sealer, type Tx } from '@parley/persistence';
import type { JWK } from 'jose';
import { type KeyState, SigningKeysRepository } from './signing-keys.repository.js';

/** Whoever changes which key is in which state holds it. */
export const KEYS_LOCK = 'signing keys';

/** The keys belong to the system, not to an org. */
const contextOf = (kid: string): SealContext => ({ table: 'signing_key', row: kid, org: '' });

/** Which keys there are, in which state: another text as soon as anything of it changes. */
export const versionOf = (keys: readonly { kid: string; state: KeyState }[]): string => keys.map(({ kid, state }) => `${state} ${kid}`).sort().join(', ');

/** The ES256 keys that sign access tokens. */
@Injectable()
export class SigningKeysService {
  constructor(
    private readonly db: Database,
    private readonly keys: SigningKeysRepository,
    private readonly sealer: Sealer,
  ) {}

  /** The private keys, the signing one first. */
  async load(): Promise<JWK[]> {
    return (await this.loadWithVersion()).keys;
  }

  /** The very first call ever makes the signing key; of several at once, one does. */
  async loadWithVersion(): Promise<{ keys: JWK[]; version: string }> {
    const rows = await this.db.write([KEYS_LOCK], async (tx) => {
      const known = await this.keys.list(tx);
      if (known.some(({ state }) => state === 'active')) return known;
      await this.create(tx, 'active');
      return this.keys.list(tx);
    });
    return { keys: rows.map(({ kid, sealed }) => JSON.parse(this.sealer.open(sealed, contextOf(kid))) as JWK), version: versionOf(rows) };
  }

  async published(): Promise<PublicJwk[]> {
    const rows = await this.db.read((tx) => this.keys.list(tx));
    return rows.map(({ publicJwk }) => publicJwk);
  }

  /** Answers its `kid`. */
  async create(tx: Tx, state: KeyState): Promise<string> {
    const jwk = await newSigningKey();
    const sealed = this.sealer.seal(JSON.stringify(jwk), contextOf(jwk.kid));
    await this.keys.insert(tx, { kid: jwk.kid, state, sealed, publicJwk: publicHalf(jwk) });
    return jwk.kid;
  }
}
