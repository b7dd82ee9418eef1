import { type Database, prepared } from '@parley/persistence';
import type { Floor } from './floor.js';
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

/** The stream as it is. */
export interface StreamNow extends StreamMark {
  /** The id of the ledger behind which it begins. */
  behind: number;
}

export interface RelayState {
  progress: Progress;
  stream: StreamMark | undefined;
}

/** What the relay table holds. */
export interface Claimed extends RelayState {
  floor: Floor;
}

interface RelayRow {
  high: number;
  holes: [low: number, high: number, bound: string][];
  stream_created: string | null;
  stream_last_seq: number;
  floor: number;
  floor_created: string | null;
  floor_seq: number;
  durables: string[];
}

type SightRow = { xmin: string; bound: string } & (LedgerRow | { id: null });

export interface BoundedSight extends Sight {
  /** An xid drawn behind the look: every transaction that had drawn an id which it missed has a smaller one. */
  readonly bound: bigint;
}

/** Rows to send, and what was to be seen of the ledger with them. */
export interface Look {
  rows: LedgerRow[];
  sight: BoundedSight;
}

/**
 * The snapshot is older than the xid, which is drawn while the statement runs: whoever drew an id that is missing in the snapshot
 * drew an xid before. The snapshot's own xmax won't do: it is one more than the last *finished* xid, and a running transaction may
 * have a later one.
 */
const look = (from: string): string => `
  select s.xmin, s.bound, r.id, r.event_id, r.subject, r.envelope
  from (select pg_snapshot_xmin(pg_current_snapshot())::text as xmin, pg_current_xact_id()::text as bound ${from}) s
  left join lateral (
    select * from (
      (select id, event_id, subject, envelope from outbox where id > $1 order by id limit $4)
      union all
      select o.* from unnest($2::bigint[], $3::bigint[]) as hole(low, high)
      cross join lateral (select id, event_id, subject, envelope from outbox where id between hole.low and hole.high) o
    ) found order by id limit $4
  ) r on true
  order by r.id`;

const LOOK = prepared('look at ledger', look(''));

/** Not synced: a server that loses it sends what it already sent once more, and that is nothing new to anybody. */
const SAVE_AND_LOOK = prepared(
  'save relay',
  `with unsynced as (select set_config('synchronous_commit', 'off', true)), saved as (
    update relay set high = $1, holes = $6, stream_created = $7, stream_last_seq = $8 from unsynced where epoch = $5 returning 1
  ) ${look('from saved')}`,
);

/** The relay's side of the outbox: reads what is not sent yet, remembers how far it got. */
export class Ledger {
  constructor(private readonly db: Database) {}

  /** From here on whoever held an earlier term can't save any more. */
  async claim(term: Term): Promise<Claimed> {
    const [row] = await this.db.query<RelayRow>(
      'update relay set epoch = $1 where epoch < $1 returning high, holes, stream_created, stream_last_seq, floor, floor_created, floor_seq, durables',
      [term.epoch],
    );
    if (!row) throw new LeadershipLost(term.name);
    return {
      progress: { high: row.high, holes: row.holes.map(([low, high, bound]): Hole => ({ low, high, bound: BigInt(bound) })) },
      stream: row.stream_created === null ? undefined : { created: row.stream_created, lastSeq: row.stream_last_seq },
      floor: { at: row.floor_created === null ? undefined : { id: row.floor, created: row.floor_created, seq: row.floor_seq }, durables: row.durables },
    };
  }

  async keepFloor(term: Term, { at, durables }: Floor): Promise<void> {
    const sql = 'update relay set floor = $2, floor_created = $3, floor_seq = $4, durables = $5 where epoch = $1 returning 1';
    const kept = await this.db.query(sql, [term.epoch, at?.id ?? 0, at?.created, at?.seq ?? 0, durables]);
    if (kept.length === 0) throw new LeadershipLost(term.name);
  }

  /** Rows beyond the progress and in its holes, in one snapshot. */
  async look(progress: Progress, limit: number): Promise<Look> {
    return asLook(await this.db.query<SightRow>(LOOK, placeOf(progress, limit)), limit);
  }

  /** Keeps the state, and looks on from there. */
  async save(term: Term, { progress, stream }: RelayState, limit: number): Promise<Look> {
    const holes = JSON.stringify(progress.holes.map(({ low, high, bound }) => [low, high, bound.toString()]));
    const state = [term.epoch, holes, stream?.created, stream?.lastSeq ?? 0];
    const rows = await this.db.query<SightRow>(SAVE_AND_LOOK, [...placeOf(progress, limit), ...state]);
    if (rows.length === 0) throw new LeadershipLost(term.name);
    return asLook(rows, limit);
  }
}

/** The first four parameters of a look. */
const placeOf = ({ high, holes }: Progress, limit: number): unknown[] => [high, holes.map((hole) => hole.low), holes.map((hole) => hole.high), limit];

function asLook(found: SightRow[], limit: number): Look {
  const rows = found.filter((row): row is SightRow & LedgerRow => row.id !== null);
  const [first] = found;
  return { rows, sight: { ids: rows.map(({ id }) => id), complete: rows.length < limit, xmin: BigInt(first?.xmin ?? 0), bound: BigInt(first?.bound ?? 0) } };
}
