import { Injectable } from '@nestjs/common';
import { MAX_ACCESS_TTL, type PublicJwk } from '@parley/dto';
import type { Query, ReadTx, Tx } from '@parley/persistence';

/** `next` is published and doesn't sign yet; `active` signs; `retired` only verifies what it has signed. */
export type KeyState = 'next' | 'active' | 'retired';

export interface SigningKeyRow {
  kid: string;
  state: KeyState;
  sealed: string;
  publicJwk: PublicJwk;
}

export interface KeyAge {
  kid: string;
  state: KeyState;
  /** It was in its state for as long as it must; an active one: for as long as it may. */
  due: boolean;
}

/**
 * A new key is published for so long before it signs. Whoever verifies may keep the published ones for 300 s (`metadata.controller.ts`);
 * the rest is for copies that are late. Seconds.
 */
export const PUBLISHED_BEFORE = 360;

/** A key that signs no more verifies for so long: longer than its last token lives. Seconds. */
const KEPT_AFTER = MAX_ACCESS_TTL + 300;

const DAY = 86_400;

@Injectable()
export class SigningKeysRepository {
  /** All of them: the one that signs first, then those that are only published. */
  list(tx: ReadTx): Promise<SigningKeyRow[]> {
    return tx.query(`select kid, state, sealed, public_jwk as "publicJwk" from signing_key order by state = 'active' desc, created desc`);
  }

  /** @param rotationDays so often the signing key changes by itself; 0: never */
  ages(db: { query: Query }, rotationDays: number): Promise<KeyAge[]> {
    return db.query(
      `select kid, state, case state
         when 'next' then since <= parley_now() - make_interval(secs => $1)
         when 'active' then $2::int > 0 and since <= parley_now() - make_interval(secs => $2::int * ${DAY}::float8 - $1)
         else since <= parley_now() - make_interval(secs => $3) end as due
       from signing_key order by state, kid`,
      [PUBLISHED_BEFORE, rotationDays, KEPT_AFTER],
    );
  }

  async insert(tx: Tx, { kid, state, sealed, publicJwk }: SigningKeyRow): Promise<void> {
    await tx.query('insert into signing_key (kid, state, sealed, public_jwk) values ($1, $2, $3, $4)', [kid, state, sealed, publicJwk]);
  }

  async setState(tx: Tx, kid: string, state: KeyState): Promise<void> {
    await tx.query('update signing_key set state = $2, since = parley_now() where kid = $1', [kid, state]);
  }

  async remove(tx: Tx, kid: string): Promise<void> {
    await tx.query('delete from signing_key where kid = $1', [kid]);
  }

  /** When the next key begins to sign. */
  async signsFrom(tx: ReadTx, kid: string): Promise<Date> {
    const [row] = await tx.query<{ from: Date }>(
      `select case state when 'next' then since + make_interval(secs => $2) else since end as from from signing_key where kid = $1`,
      [kid, PUBLISHED_BEFORE],
    );
    return (row as { from: Date }).from;
  }
}
