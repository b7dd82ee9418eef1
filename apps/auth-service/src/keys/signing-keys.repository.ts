import { Injectable } from '@nestjs/common';
import type { PublicJwk } from '@parley/dto';
import type { ReadTx, Tx } from '@parley/persistence';

export interface SigningKeyRow {
  kid: string;
  sealed: string;
  publicJwk: PublicJwk;
}

const columns = 'kid, sealed, public_jwk as "publicJwk"';

@Injectable()
export class SigningKeysRepository {
  /** All of them: the one that signs first, then those that are only published. */
  list(tx: ReadTx): Promise<SigningKeyRow[]> {
    return tx.query(`select ${columns} from signing_key order by state = 'active' desc, created desc`);
  }

  async hasActive(tx: ReadTx): Promise<boolean> {
    const found = await tx.query(`select from signing_key where state = 'active'`);
    return found.length > 0;
  }

  async insertActive(tx: Tx, { kid, sealed, publicJwk }: SigningKeyRow): Promise<void> {
    await tx.query(`insert into signing_key (kid, state, sealed, public_jwk) values ($1, 'active', $2, $3)`, [kid, sealed, publicJwk]);
  }
}
