import type { Database } from '@parley/persistence';
import type { Hole, Progress, Sight } from './holes.js';
import { LeadershipLost, type Term } from './leadership.js';

export interface LedgerRow {
  id: number;
  event_id: string;
  subject: string;
  envelope: string;
}

/** The stream as it was when something was last acknowledged. */
export interface StreamMark {
  created: string;
  lastSeq: number;
}

export interface RelayState {
  progress: Progress;
  stream: StreamMark | undefined;
}

interface RelayRow {
  high: number;
  holes: [low: number, high: number, bound: string][];
  stream_created: string | null;
  stream_last_seq: number;
}

type SightRow = { xmin: string } & (LedgerRow | { id: null });

const LOOK = `
  select s.xmin, r.id, r.event_id, r.subject, r.envelope
  from (select pg_snapshot_xmin(pg_current_snapshot())::text as xmin) s
  left join lateral (
    select * from (
      (select id, event_id, subject, envelope from outbox where id > $1 order by id limit $4)
      union all
      select o.* from unnest($2::bigint[], $3::bigint[]) as hole(low, high)
      cross join lateral (select id, event_id, subject, envelope from outbox where id between hole.low and hole.high) o
    ) found order by id limit $4
  ) r on true
  order by r.id`;

/** The relay's side of the outbox: reads what is not sent yet, remembers how far it got. */
export class Ledger {
  constructor(private readonly db: Database) {}

  /** From here on whoever held an earlier term can't save any more. */
  async claim(term: Term): Promise<RelayState> {
    const [row] = await this.db.query<RelayRow>(
      'update relay set epoch = $1 where epoch < $1 returning high, holes, stream_created, stream_last_seq',
      [term.epoch],
    );
    if (!row) throw new LeadershipLost(term.name);
    return {
      progress: { high: row.high, holes: row.holes.map(([low, high, bound]): Hole => ({ low, high, bound: BigInt(bound) })) },
      stream: row.stream_created === null ? undefined : { created: row.stream_created, lastSeq: row.stream_last_seq },
    };
  }

  /** Rows beyond the progress and in its holes, in one snapshot. */
  async look({ high, holes }: Progress, limit: number): Promise<{ rows: LedgerRow[]; sight: Sight }> {
    const found = await this.db.query<SightRow>(LOOK, [high, holes.map((hole) => hole.low), holes.map((hole) => hole.high), limit]);
    const rows = found.filter((row): row is { xmin: string } & LedgerRow => row.id !== null);
    return { rows, sight: { ids: rows.map(({ id }) => id), complete: rows.length < limit, xmin: BigInt(found[0]?.xmin ?? 0) } };
  }

  /**
   * An xid younger than every transaction that has drawn an id by now: those drew their xid first. The snapshot's own xmax won't
   * do: it is one more than the last *finished* xid, and a running transaction may have a later one.
   */
  async bound(): Promise<bigint> {
    const [row] = await this.db.query<{ xid: string }>('select pg_current_xact_id()::text as xid');
    return BigInt(row?.xid ?? 0);
  }

  async save(term: Term, { progress, stream }: RelayState): Promise<void> {
    const holes = JSON.stringify(progress.holes.map(({ low, high, bound }) => [low, high, bound.toString()]));
    const rows = await this.db.query(
      'update relay set high = $2, holes = $3, stream_created = $4, stream_last_seq = $5 where epoch = $1 returning 1',
      [term.epoch, progress.high, holes, stream?.created, stream?.lastSeq ?? 0],
    );
    if (rows.length === 0) throw new LeadershipLost(term.name);
  }
}
