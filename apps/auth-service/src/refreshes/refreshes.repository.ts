import { Injectable } from '@nestjs/common';
import { prepared, type ReadTx, type SealContext, Sealer, type Tx } from '@parley/persistence';
import type { ApiClient } from '../clients/client.entity.js';
import type { TokenBody } from '../engine/engine.js';
import { type ArtifactRow, nameOf, type StoredArtifact, storeSql } from '../oauth-storage/artifacts.repository.js';

/** For so long after its first use a refresh token gets the same answer again (coviu.md, C1). Seconds. */
const GRACE = 60;

/** A refresh token, by its hash. */
export interface RefreshToken {
  client: ApiClient;
  tokenHash: string;
}

/** What a refresh token's past says of it. */
export interface RefreshTokenState {
  grantHash: string | null;
  used: boolean;
  /** Hash of the token that it was exchanged for, if that one was never used. */
  unusedSuccessor: string | null;
  /** What it was answered with, for those who ask again, with `expires_in` as it is by now. */
  answer: TokenBody | undefined;
  /** The token and its authorization, as far as they live, as the engine will ask for them. */
  artifacts: Map<string, ArtifactRow>;
}

interface StateRow {
  grantHash: string | null;
  used: boolean;
  unusedSuccessor: string | null;
  token: ArtifactRow | null;
  grant: ArtifactRow | null;
  sealed: string | null;
  expiresIn: number;
}

/** What a refresh comes to. */
interface Refreshed {
  /** Hash of the grant's id. */
  grantHash: string | null;
  /** Hashes of the tokens that stand behind the new one; those that were never used count as used. */
  behind: readonly string[];
  /** Hash of the new one. */
  successor: string;
  answer: TokenBody;
  artifacts: readonly StoredArtifact[];
  /** Seconds for which the authorization lives on. */
  grantLife: number;
}

const isIt = `t.model = 'RefreshToken' and t.client_id = $1 and t.id_hash = $2`;
/** The key of a grant, as `hashOf` makes it. */
const grantHash = `translate(encode(sha256(convert_to(t.grant_id, 'UTF8')), 'base64'), '+/=', '-_')`;
const rowOf = (alias: string): string =>
  `case when ${alias}.expires_at > parley_now() then jsonb_build_object('payload', ${alias}.payload, 'consumed', extract(epoch from ${alias}.consumed_at)::bigint, 'exp', extract(epoch from ${alias}.expires_at)::bigint) end`;

/** All refreshes of one authorization, one after the other. */
const LOCK = prepared('refresh-lock', `select pg_advisory_xact_lock(hashtextextended('grant ' || t.grant_id, 0)) from oauth_artifact t where ${isIt}`);

const READ = prepared(
  'refresh-read',
  `select g.id_hash as "grantHash", t.consumed_at is not null as used, s.id_hash as "unusedSuccessor", ${rowOf('t')} as token, ${rowOf('g')} as "grant",
     a.sealed, greatest(0, floor(extract(epoch from a.access_expires_at - parley_now())))::int as "expiresIn"
   from oauth_artifact t
     left join oauth_artifact g on g.model = 'Grant' and g.id_hash = ${grantHash}
     left join oauth_artifact s on s.model = t.model and s.id_hash = t.successor and s.consumed_at is null
     left join refresh_answer a on a.client_id = t.client_id and a.token_hash = t.id_hash and a.until > parley_now()
   where ${isIt}`,
);

/** The answer takes the place of one whose time is over. */
const KEEP = prepared(
  'refresh-keep',
  `with behind as (
     update oauth_artifact set successor = $3, consumed_at = coalesce(consumed_at, parley_now()) where model = 'RefreshToken' and id_hash = any($4)
   ), authorization_lives_on as (
     update oauth_artifact set expires_at = parley_now() + make_interval(secs => $6) where model = 'Grant' and id_hash = $5
   ), issued as (${storeSql('$7')})
   insert into refresh_answer (token_hash, client_id, sealed, access_expires_at, until)
   values ($2, $1, $8, parley_now() + make_interval(secs => $9), parley_now() + make_interval(secs => $10))
   on conflict (token_hash) do update set sealed = excluded.sealed, access_expires_at = excluded.access_expires_at, until = excluded.until`,
);

const contextOf = ({ tokenHash, client: { orgId } }: RefreshToken): SealContext => ({ table: 'refresh_answer', row: tokenHash, org: orgId });

/** Refresh tokens with their past, and what was answered to them, sealed, for those who ask again: they share one grant, or the answer got lost on its way. */
@Injectable()
export class RefreshesRepository {
  constructor(private readonly sealer: Sealer) {}

  /** Holds the authorization of the token until the transaction ends. Only a statement behind this one sees what others did before. */
  lock(tx: Pick<Tx, 'send'>, { client, tokenHash }: RefreshToken): void {
    tx.send(LOCK, [client.id, tokenHash]);
  }

  async find(tx: Pick<ReadTx, 'query'>, token: RefreshToken): Promise<RefreshTokenState | undefined> {
    const [row] = await tx.query<StateRow>(READ, [token.client.id, token.tokenHash]);
    return row && this.stateOf(row, token);
  }

  /** With COMMIT: nobody waits for it. */
  keep(tx: Pick<Tx, 'send'>, token: RefreshToken, { grantHash: grant, behind, successor, answer, artifacts, grantLife }: Refreshed): void {
    const { client, tokenHash } = token;
    const sealed = this.sealer.seal(JSON.stringify(answer), contextOf(token));
    tx.send(KEEP, [client.id, tokenHash, successor, behind, grant, grantLife, JSON.stringify(artifacts), sealed, answer.expires_in, GRACE]);
  }

  /** As if it had not been used. */
  async reopen(tx: Pick<ReadTx, 'query'>, { tokenHash }: RefreshToken): Promise<void> {
    await tx.query(`update oauth_artifact set consumed_at = null where model = 'RefreshToken' and id_hash = $1`, [tokenHash]);
  }

  /** At most `limit` of the answers whose time is over. Answers how many. */
  async removeExpired(db: Pick<ReadTx, 'query'>, limit: number): Promise<number> {
    const removed = await db.query(
      `delete from refresh_answer where token_hash in
         (select token_hash from refresh_answer where until < parley_now() limit $1 for update skip locked)
       returning 1`,
      [limit],
    );
    return removed.length;
  }

  private stateOf({ token, grant, sealed, expiresIn, ...state }: StateRow, of: RefreshToken): RefreshTokenState {
    const artifacts = new Map<string, ArtifactRow>();
    if (token) artifacts.set(nameOf('RefreshToken', of.tokenHash), token);
    if (grant && state.grantHash !== null) artifacts.set(nameOf('Grant', state.grantHash), grant);
    const answer = sealed === null ? undefined : { ...(JSON.parse(this.sealer.open(sealed, contextOf(of))) as TokenBody), expires_in: expiresIn };
    return { ...state, answer, artifacts };
  }
}
