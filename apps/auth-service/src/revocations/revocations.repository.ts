import { Injectable } from '@nestjs/common';
import { MAX_ACCESS_TTL, type Revocation } from '@parley/dto';
import { prepared, type ReadTx } from '@parley/persistence';
import { keysOf } from '../guesses/guess.js';
import { tooManyFailures } from '../guesses/guesses.errors.js';
import { GuessLimits, type Reached, refusalParams, refusalsSql } from '../guesses/guesses.repository.js';

type Db = Pick<ReadTx, 'query'>;

/** Clocks differ, and verifiers give a token some seconds more: a revocation outlives its tokens by so much. Seconds. */
const LEEWAY = 60;

/**
 * Tokens of a client, an org or a user count as revoked up to so long after it: that covers those that were being issued meanwhile,
 * by a clock of their own. Later ones are dated after it (`issuedAt`). Seconds.
 */
const MARGIN = 1;

/** A gateway asks for what was written since an answer, and this much before: a transaction may take so long to commit. Seconds. */
const LOOK_BACK = 15;

const PAGE = 2_000;

/** A token that is revoked, by the hash of its `jti`. */
export interface LiveToken {
  idHash: string;
  expiresAt: Date;
}

export interface TokenOwner {
  clientId: string;
  subject: string;
}

interface RevocationRow {
  id: number;
  kind: Revocation['kind'];
  key: string;
  at: Date;
  expiresAt: Date;
}

export interface RevocationPage {
  asOf: Date;
  rows: RevocationRow[];
  next: number | undefined;
}

const columns = 'id, kind, key, at, expires_at as "expiresAt"';
const again = `on conflict (kind, key) do update set id = excluded.id, at = greatest(revocation.at, excluded.at), created = excluded.created,
  expires_at = greatest(revocation.expires_at, excluded.expires_at)`;

/** One statement on the way of every token. */
const ISSUE = prepared(
  'token-issue',
  `select c.active and o.active as active,
     greatest(extract(epoch from parley_now()), (select extract(epoch from max(r.at)) + 1 from revocation r
       where (r.kind, r.key) in (('client', c.id), ('org', o.id::text), ('user', $2))))::float8 as "issuedAt",
     (select to_json(f) from ${refusalsSql(3)} f order by wait desc limit 1) as refusal
   from api_client c join org o on o.id = c.org_id where c.id = $1`,
);

@Injectable()
export class RevocationsRepository {
  constructor(private readonly limits: GuessLimits) {}

  insertTokens(db: Db, tokens: readonly LiveToken[]): Promise<RevocationRow[]> {
    return db.query(
      `insert into revocation (kind, key, at, created, expires_at)
       select 'token', id_hash, parley_now(), parley_now(), expires_at + make_interval(secs => $3) from unnest($1::text[], $2::timestamptz[]) as t (id_hash, expires_at)
       ${again} returning ${columns}`,
      [tokens.map(({ idHash }) => idHash), tokens.map(({ expiresAt }) => expiresAt), LEEWAY],
    );
  }

  insertOwner(db: Db, kind: 'client' | 'org' | 'user', { key, orgId }: { key: string; orgId: string }): Promise<RevocationRow[]> {
    return db.query(
      `insert into revocation (kind, key, org_id, at, created, expires_at)
       values ($1, $2, $3, parley_now() + make_interval(secs => $4), parley_now(), parley_now() + make_interval(secs => $5))
       ${again} returning ${columns}`,
      [kind, key, orgId, MARGIN, MAX_ACCESS_TTL + MARGIN + LEEWAY],
    );
  }

  /** `since`: those written since then, and some before. */
  async list(db: Db, { since, after = 0 }: { since?: string | undefined; after?: number | undefined }): Promise<RevocationPage> {
    const [clock] = await db.query<{ asOf: Date }>('select parley_now() as "asOf"');
    const rows = await db.query<RevocationRow>(
      `select ${columns} from revocation
       where expires_at > parley_now() and id > $1 and ($2::timestamptz is null or created > $2::timestamptz - make_interval(secs => $3))
       order by id limit $4`,
      [after, since ?? null, LOOK_BACK, PAGE],
    );
    return { asOf: clock?.asOf ?? new Date(0), rows, next: rows.length === PAGE ? rows.at(-1)?.id : undefined };
  }

  /**
   * When a token that is issued now was issued, in epoch seconds: by the database's clock, and after every revocation that it must
   * outlive. Undefined, if its client may have none any more.
   * @throws `too_many_failures`, if whoever asks from there has guessed secrets of that client: the right one comes too late
   */
  async issuedAt(db: Db, { clientId, subject }: TokenOwner): Promise<number | undefined> {
    const keys = keysOf({ secret: 'client-secret', account: clientId, client: clientId });
    const [row] = await db.query<{ active: boolean; issuedAt: number; refusal: Reached | null }>(ISSUE, [clientId, subject, ...refusalParams(keys, this.limits)]);
    if (row?.refusal) throw tooManyFailures(row.refusal, this.limits.windowSeconds);
    return row?.active ? Math.floor(row.issuedAt) : undefined;
  }

  /** At most `limit` of those whose time is over. Answers how many. */
  async removeExpired(db: Db, limit: number): Promise<number> {
    const removed = await db.query(
      `delete from revocation where (kind, key) in (select kind, key from revocation where expires_at < parley_now() limit $1 for update skip locked) returning 1`,
      [limit],
    );
    return removed.length;
  }
}
