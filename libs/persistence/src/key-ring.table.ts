import type { PublicJwk } from '@parley/dto';
import type { SealContext, Sealer } from './sealer.js';
import type { Query, ReadTx, Tx } from './transaction.js';

/** `next` is published and doesn't sign yet; `active` signs; `retired` only verifies what it has signed. */
export type KeyState = 'next' | 'active' | 'retired';

export interface KeyRow {
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

/** A new key is published for so long before it signs. Whoever verifies may keep the published ones for 300 s; the rest is for copies that are late. Seconds. */
const PUBLISHED_BEFORE = 360;

const DAY = 86_400;

/** The keys belong to the system, not to an org. */
const contextOf = (kid: string): SealContext => ({ table: 'signing_key', row: kid, org: '' });

/**
 * The SQL of a `KeyRing`: a table `signing_key (kid text primary key, state text, public_jwk jsonb, sealed text, since timestamptz)` in
 * which one key at most is `active`, and one `next`.
 */
export class KeyRingTable {
  constructor(
    private readonly sealer: Sealer,
    /** Seconds for which a retired key is kept. */
    private readonly keptAfter: number,
    private readonly rotationDays: number,
  ) {}

  /** All of them: the one that signs first, then those that are only published. */
  list(tx: ReadTx): Promise<KeyRow[]> {
    return tx.query(`select kid, state, sealed, public_jwk as "publicJwk" from signing_key order by state = 'active' desc, since desc`);
  }

  /** The private half of a key. */
  open({ kid, sealed }: KeyRow): string {
    return this.sealer.open(sealed, contextOf(kid));
  }

  ages(db: { query: Query }): Promise<KeyAge[]> {
    return db.query(
      `select kid, state, case state
         when 'next' then since <= parley_now() - make_interval(secs => $1)
         when 'active' then $2::int > 0 and since <= parley_now() - make_interval(secs => $2::int * ${DAY}::float8 - $1)
         else since <= parley_now() - make_interval(secs => $3) end as due
       from signing_key order by state, kid`,
      [PUBLISHED_BEFORE, this.rotationDays, this.keptAfter],
    );
  }

  async insert(tx: Tx, { kid, state, publicJwk }: Omit<KeyRow, 'sealed'>, privateHalf: string): Promise<void> {
    const sealed = this.sealer.seal(privateHalf, contextOf(kid));
    await tx.query('insert into signing_key (kid, state, sealed, public_jwk, since) values ($1, $2, $3, $4, parley_now())', [kid, state, sealed, publicJwk]);
  }

  async setState(tx: Tx, kid: string, state: KeyState): Promise<void> {
    await tx.query('update signing_key set state = $2, since = parley_now() where kid = $1', [kid, state]);
  }

  async remove(tx: Tx, kid: string): Promise<void> {
    await tx.query('delete from signing_key where kid = $1', [kid]);
  }

  /** When that key begins, or began, to sign: epoch seconds. */
  async signsFrom(tx: ReadTx, kid: string): Promise<number> {
    const [row] = await tx.query<{ from: number }>(
      `select floor(extract(epoch from case state when 'next' then since + make_interval(secs => $2) else since end))::int as from from signing_key where kid = $1`,
      [kid, PUBLISHED_BEFORE],
    );
    return (row as { from: number }).from;
  }
}
