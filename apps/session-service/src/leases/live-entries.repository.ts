import { Injectable } from '@nestjs/common';
import type { Tx } from '@parley/persistence';
import type { SessionPlace } from './leases.repository.js';

/** So many are ended by one transaction: each of their sessions is a lock. */
export const MATCHES_AT_ONCE = 500;

/** Live entries of an org: all of them, or those for which all that is said here is true. */
export interface LiveMatch {
  orgId: string;
  sid?: string | undefined;
  /** Of anybody who is known by one of these. */
  people?: readonly string[] | undefined;
  clientId?: string | undefined;
  subscriptionId?: string | undefined;
  /** Got by this link. */
  linkId?: string | undefined;
  /** Got by a link that was issued before. */
  issuedBefore?: Date | undefined;
}

export type LiveEntry = SessionPlace & { entryId: string };

const matchSql = `
from lease l join entry e on e.id = l.entry_id join session s on s.id = l.session_id
where e.org_id = $1 and ($2::text is null or e.sid = $2) and ($3::text[] is null or e.identities && $3 or e.person = any($3))
  and ($4::text is null or e.client_id = $4) and ($5::text is null or e.subscription_id::text = $5) and ($6::text is null or e.link_hash = $6)
  and ($7::timestamptz is null or coalesce(e.issued_at, '-infinity') < $7)`;

const findSql = `select l.entry_id as "entryId", s.id, s.org_id as "orgId", s.sid${matchSql} order by s.id, l.entry_id limit ${MATCHES_AT_ONCE}`;
const countSql = `select count(*) as n${matchSql}`;

/** Who is in anywhere in an org. Looks at every lease there is: for what an org does once in a while. */
@Injectable()
export class LiveEntriesRepository {
  /** At most `MATCHES_AT_ONCE`. */
  find(tx: Tx, match: LiveMatch): Promise<LiveEntry[]> {
    return tx.query<LiveEntry>(findSql, paramsOf(match));
  }

  async count(tx: Tx, match: LiveMatch): Promise<number> {
    const [row] = await tx.query<{ n: number }>(countSql, paramsOf(match));
    return row?.n ?? 0;
  }
}

const paramsOf = ({ orgId, sid, people, clientId, subscriptionId, linkId, issuedBefore }: LiveMatch): unknown[] => [
  orgId,
  ...[sid, people, clientId, subscriptionId, linkId, issuedBefore].map((value) => value ?? null),
];
