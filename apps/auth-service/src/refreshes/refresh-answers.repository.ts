import { Injectable } from '@nestjs/common';
import { type ReadTx, type SealContext, Sealer, type Tx } from '@parley/persistence';
import type { ApiClient } from '../clients/client.entity.js';
import type { TokenBody } from '../oauth/engine.js';

/** For so long after its first use a refresh token gets the same answer again (coviu.md, C1). Seconds. */
const GRACE = 60;

interface AnswerRow {
  sealed: string;
  expiresIn: number;
}

const contextOf = (tokenHash: string, { orgId }: ApiClient): SealContext => ({ table: 'refresh_answer', row: tokenHash, org: orgId });

/** What was answered to refreshes, sealed, for those who ask again: they share one grant, or the answer got lost on its way. */
@Injectable()
export class RefreshAnswersRepository {
  constructor(private readonly sealer: Sealer) {}

  /** With `expires_in` as it is by now. */
  async find(tx: ReadTx, client: ApiClient, tokenHash: string): Promise<TokenBody | undefined> {
    const [row] = await tx.query<AnswerRow>(
      `select sealed, greatest(0, floor(extract(epoch from access_expires_at - parley_now())))::int as "expiresIn"
       from refresh_answer where client_id = $1 and token_hash = $2 and until > parley_now()`,
      [client.id, tokenHash],
    );
    return row && { ...(JSON.parse(this.sealer.open(row.sealed, contextOf(tokenHash, client))) as TokenBody), expires_in: row.expiresIn };
  }

  /** In place of one whose time is over. */
  async save(tx: Tx, client: ApiClient, { tokenHash, answer }: { tokenHash: string; answer: TokenBody }): Promise<void> {
    const sealed = this.sealer.seal(JSON.stringify(answer), contextOf(tokenHash, client));
    await tx.query(
      `insert into refresh_answer (token_hash, client_id, sealed, access_expires_at, until)
       values ($2, $1, $3, parley_now() + make_interval(secs => $4), parley_now() + make_interval(secs => $5))
       on conflict (token_hash) do update set sealed = excluded.sealed, access_expires_at = excluded.access_expires_at, until = excluded.until`,
      [client.id, tokenHash, sealed, answer.expires_in, GRACE],
    );
  }

  /** At most `limit` of those whose time is over. Answers how many. */
  async removeExpired(db: Pick<ReadTx, 'query'>, limit: number): Promise<number> {
    const removed = await db.query(
      `delete from refresh_answer where token_hash in
         (select token_hash from refresh_answer where until < parley_now() limit $1 for update skip locked)
       returning 1`,
      [limit],
    );
    return removed.length;
  }
}
