import { Injectable } from '@nestjs/common';
import { newSigningKey, publicHalf } from '@parley/jwt';
import { Database, Sealer } from '@parley/persistence';
import type { JWK } from 'jose';

export type SigningKey = JWK & { kid: string };

interface KeyRow {
  kid: string;
  sealed: string;
}

/** Keys belong to no org. */
const contextOf = (kid: string) => ({ table: 'signing_key', row: kid, org: '' });

/** The key ring of entry tokens: the newest signs, all of them verify. Private halves are sealed. */
@Injectable()
export class SigningKeysRepository {
  constructor(
    private readonly db: Database,
    private readonly sealer: Sealer,
  ) {}

  /** Made when first asked for; copies that start at once agree on one. */
  getNewest(): Promise<SigningKey> {
    return this.db.write(['0 signing key'], async (tx) => {
      const [row] = await tx.query<KeyRow>('select kid, sealed from signing_key order by created_at desc limit 1');
      if (row) return JSON.parse(this.sealer.open(row.sealed, contextOf(row.kid))) as SigningKey;
      const key = await newSigningKey();
      await tx.query('insert into signing_key (kid, public_key, sealed, created_at) values ($1, $2, $3, parley_now())', [
        key.kid,
        publicHalf(key),
        this.sealer.seal(JSON.stringify(key), contextOf(key.kid)),
      ]);
      return key;
    });
  }

  async listPublic(): Promise<JWK[]> {
    const rows = await this.db.query<{ key: JWK }>('select public_key as key from signing_key');
    return rows.map(({ key }) => key);
  }
}
