import { Injectable } from '@nestjs/common';
import type { PublicJwk } from '@parley/dto';
import { newSigningKey, publicHalf } from '@parley/jwt';
import { Database, type SealContext, Sealer, type Tx } from '@parley/persistence';
import type { JWK } from 'jose';
import { SigningKeysRepository } from './signing-keys.repository.js';

/** The keys belong to the system, not to an org. */
const contextOf = (kid: string): SealContext => ({ table: 'signing_key', row: kid, org: '' });

/** The ES256 keys that sign access tokens. */
@Injectable()
export class SigningKeysService {
  constructor(
    private readonly db: Database,
    private readonly keys: SigningKeysRepository,
    private readonly sealer: Sealer,
  ) {}

  /** The private keys, the signing one first. The very first call ever makes it; of several at once, one does. */
  async load(): Promise<JWK[]> {
    const rows = await this.db.write(['signing keys'], async (tx) => {
      if (!(await this.keys.hasActive(tx))) await this.create(tx);
      return this.keys.list(tx);
    });
    return rows.map(({ kid, sealed }) => JSON.parse(this.sealer.open(sealed, contextOf(kid))) as JWK);
  }

  async published(): Promise<PublicJwk[]> {
    const rows = await this.db.read((tx) => this.keys.list(tx));
    return rows.map(({ publicJwk }) => publicJwk);
  }

  private async create(tx: Tx): Promise<void> {
    const jwk = await newSigningKey();
    const sealed = this.sealer.seal(JSON.stringify(jwk), contextOf(jwk.kid));
    await this.keys.insertActive(tx, { kid: jwk.kid, sealed, publicJwk: publicHalf(jwk) });
  }
}
