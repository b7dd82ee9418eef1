import { Injectable } from '@nestjs/common';
import type { AuditEntryDto, ListOf, ListPage } from '@parley/dto';
import type { ReadTx, Tx } from '@parley/persistence';
import { listAfter } from '../list-after.js';
import { type ChainedAct, GENESIS, type Link } from './chain.js';

interface Head {
  number: number;
  hash: string;
}

type EntryRow = Pick<Link, 'entry' | 'previousHash' | 'hash'> & { ordinal: number };

const columns = 'number, entry, previous_hash as "previousHash", hash';

@Injectable()
export class AuditRepository {
  /** The end of the org's chain, which is ours until the transaction ends. */
  async lockHead(tx: Tx, org: string): Promise<Head> {
    await tx.query('insert into audit_head (org_id, number, hash) values ($1, 0, $2) on conflict do nothing', [org, GENESIS]);
    const [head] = await tx.query<Head>('select number, hash from audit_head where org_id = $1 for update', [org]);
    if (!head) throw new Error('the head of an audit chain was removed');
    return head;
  }

  async append(tx: Tx, org: string, { number, entry, previousHash, hash }: Link): Promise<void> {
    await tx.query('insert into audit_entry (org_id, number, entry, previous_hash, hash) values ($1, $2, $3, $4, $5)', [org, number, entry, previousHash, hash]);
    await tx.query('update audit_head set number = $2, hash = $3 where org_id = $1', [org, number, hash]);
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
