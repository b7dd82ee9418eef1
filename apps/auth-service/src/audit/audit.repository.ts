import { Injectable } from '@nestjs/common';
import type { AuditEntryDto, ListOf, ListPage } from '@parley/dto';
import { prepared, type ReadTx, type Tx } from '@parley/persistence';
import { listAfter } from '../list-after.js';
import { type ChainedAct, GENESIS, type Link } from './chain.js';

interface Head {
  number: number;
  hash: string;
}

type EntryRow = Pick<Link, 'entry' | 'previousHash' | 'hash'> & { ordinal: number };

const lockSql = prepared(
  'lock audit head',
  `insert into audit_head as h (org_id, number, hash) values ($1, 0, $2) on conflict (org_id) do update set number = h.number returning number, hash`,
);

/** All links of a transaction, and the ends of their chains. */
const appendSql = prepared(
  'append to audit chains',
  `
with links as (
  insert into audit_entry (org_id, number, entry, previous_hash, hash)
  select org_id, number, entry, previous_hash, hash from json_to_recordset($1::json) as t(org_id text, number bigint, entry text, previous_hash text, hash text)
  order by org_id, number
  returning org_id, number, hash
)
update audit_head h set number = last.number, hash = last.hash
from (select distinct on (org_id) * from links order by org_id, number desc) last where h.org_id = last.org_id`,
);

const columns = 'number, entry, previous_hash as "previousHash", hash';

@Injectable()
export class AuditRepository {
  /** Of each org whose chain grows in a transaction, its end by now. */
  private readonly heads = new WeakMap<Tx, Map<string, Head>>();

  /** The end of the org's chain, which is ours until the transaction ends. */
  async lockHead(tx: Tx, org: string): Promise<Head> {
    const known = this.headsOf(tx).get(org);
    if (known) return known;
    const [head] = await tx.query<Head>(lockSql, [org, GENESIS]);
    if (!head) throw new Error('the head of an audit chain was removed');
    return head;
  }

  append(tx: Tx, org: string, { number, entry, previousHash, hash }: Link): void {
    this.headsOf(tx).set(org, { number, hash });
    tx.gather(appendSql, { org_id: org, number, entry, previous_hash: previousHash, hash });
  }

  private headsOf(tx: Tx): Map<string, Head> {
    const heads = this.heads.get(tx) ?? new Map<string, Head>();
    this.heads.set(tx, heads);
    return heads;
  }

  /** Of one org, or of all. */
  list(tx: ReadTx, org: string | undefined, page: ListPage): Promise<ListOf<AuditEntryDto>> {
    const sql = `select ${columns}, ordinal from audit_entry where ($1::text is null or org_id = $1)`;
    return listAfter<EntryRow, AuditEntryDto>(tx, { sql, params: [org ?? null] }, page, ({ entry, previousHash, hash }) => ({
      ...(JSON.parse(entry) as ChainedAct),
      previousHash,
      hash,
    }));
  }

  /** Undefined: the org has no chain. */
  async head(tx: ReadTx, org: string): Promise<Head | undefined> {
    const [head] = await tx.query<Head>('select number, hash from audit_head where org_id = $1', [org]);
    return head;
  }

  /** In their order, behind `number`, up to the head that was read before. */
  links(tx: ReadTx, org: string, { after, upTo, limit }: { after: number; upTo: number; limit: number }): Promise<Link[]> {
    return tx.query<Link>(`select ${columns} from audit_entry where org_id = $1 and number > $2 and number <= $3 order by number limit $4`, [org, after, upTo, limit]);
  }

  async hasBehind(tx: ReadTx, org: string, number: number): Promise<boolean> {
    const found = await tx.query('select from audit_entry where org_id = $1 and number > $2 limit 1', [org, number]);
    return found.length > 0;
  }
}
