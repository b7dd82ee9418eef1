import { Injectable } from '@nestjs/common';
import { prepared, type Query, type Tx } from '@parley/persistence';
import type { Config } from '../config.js';
import type { GuessKeys } from './guess.js';

type Db = Pick<Tx, 'query'>;

/** How many failures there may be. */
export class GuessLimits {
  constructor(
    /** For one account from one address. */
    readonly perAccount: number,
    /** From one address. */
    readonly perAddress: number,
    /** At one client. */
    readonly perClient: number,
    /** In so many seconds. */
    readonly windowSeconds: number,
  ) {}
}

export const guessLimitsOf = (config: Pick<Config, 'FAILURES_PER_ACCOUNT' | 'FAILURES_PER_ADDRESS' | 'FAILURES_PER_CLIENT' | 'FAILURE_WINDOW'>): GuessLimits =>
  new GuessLimits(config.FAILURES_PER_ACCOUNT, config.FAILURES_PER_ADDRESS, config.FAILURES_PER_CLIENT, config.FAILURE_WINDOW);

/** A limit that was reached. */
export interface Reached {
  policy: 'account' | 'address' | 'client';
  quota: number;
  /** At most one more than the quota. */
  failures: number;
  /** Seconds until there is room again. */
  wait: number;
}

/** The parameters of `refusalsSql`, in their order. */
export const refusalParams = ({ account, address, client }: GuessKeys, { perAccount, perAddress, perClient, windowSeconds }: GuessLimits): unknown[] => [
  account,
  address,
  client,
  [perAccount, perAddress, perClient],
  windowSeconds,
];

/** The limits that refuse whoever has these keys, as a table. `first`: the number of the first of five parameters. */
export const refusalsSql = (first: number, counting: 'failures' | 'open ones too' = 'failures'): string =>
  `guess_refusals($${first}, $${first + 1}, $${first + 2}, $${first + 3}, $${first + 4}, ${counting === 'open ones too'})`;

const RESERVE = prepared(
  'guess-reserve',
  `insert into guess (id, settled, account, address, client) select $1::uuid, $2::boolean, $3::text, $4::text, $5::text
   where not exists (select from ${refusalsSql(3, 'open ones too')}) returning 1`,
);
const REACHED = prepared('guess-reached', `select policy, quota, failures, wait from ${refusalsSql(1)} order by wait desc`);

/** Failed attempts, and those that are being checked. */
@Injectable()
export class GuessesRepository {
  constructor(private readonly limits: GuessLimits) {}

  /** Whoever writes holds both: what is counted under them is what is written. */
  locksOf({ address, client }: GuessKeys): string[] {
    return [`guesses from ${address}`, `guesses at ${client}`];
  }

  /** False: there is no room. `settled`: it is known to be wrong. */
  async reserve(tx: Tx, { id, settled }: { id: string; settled: boolean }, keys: GuessKeys): Promise<boolean> {
    const rows = await tx.query(RESERVE, [id, settled, ...refusalParams(keys, this.limits)]);
    return rows.length === 1;
  }

  /** What refuses by what is known to be wrong, the longest wait first. */
  reached(db: { query: Query }, keys: GuessKeys): Promise<Reached[]> {
    return db.query<Reached>(REACHED, refusalParams(keys, this.limits));
  }

  /** It was wrong. */
  async settle(db: Db, id: string): Promise<void> {
    await db.query('update guess set settled = true where id = $1', [id]);
  }

  /** It was right, or nobody could tell. */
  async release(db: Db, id: string): Promise<void> {
    await db.query('delete from guess where id = $1', [id]);
  }

  /** At most `limit` of those whose time is over. Answers how many. */
  async removeExpired(db: Db, limit: number): Promise<number> {
    const removed = await db.query(
      `delete from guess where id in (select id from guess where at < parley_now() - make_interval(secs => $2) limit $1 for update skip locked) returning 1`,
      [limit, this.limits.windowSeconds],
    );
    return removed.length;
  }
}
