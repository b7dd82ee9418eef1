import { type Database, prepared, type Query } from '@parley/persistence';

/** Renewed this often, lost this long after the last renewal (database time), so another copy takes over within about 7 s. */
const RENEW_MS = 2_000;
const TERM_MS = 6_000;

/** The holder was replaced: what it has in hand must not be written. */
export class LeadershipLost extends Error {
  constructor(name: string) {
    super(`Another copy does ${name} now`);
  }
}

/** What a write of a leader must find: `with term as (${heldTerm('$1', '$2', '$3')})` has one row, or none if it was replaced. */
export const heldTerm = (name: string, holder: string, epoch: string): string =>
  `select from leader where name = ${name} and holder = ${holder} and epoch = ${epoch} for share`;

/** Not synced: after a crash of the server the term is over a little sooner. Who takes one, though, must never find its epoch again. */
const RENEW = prepared(
  'renew term',
  `with unsynced as (select set_config('synchronous_commit', 'off', true))
   update leader set until = clock_timestamp() + $4 * interval '1 ms' from unsynced where name = $1 and holder = $2 and epoch = $3 returning epoch`,
);

/** One time as the only one who does a job. It ends when it is lost, when it can't be renewed in time, or when it is resigned. */
export class Term {
  private readonly ended = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private renewed = performance.now();
  private renewing = false;

  private constructor(
    private readonly db: Database,
    readonly name: string,
    readonly holder: string,
    readonly epoch: number,
  ) {
    this.timer = setInterval(() => void this.renew(), RENEW_MS);
  }

  /** Undefined while somebody else holds it. */
  static async take(db: Database, name: string, holder: string): Promise<Term | undefined> {
    const [row] = await db.query<{ epoch: number }>(
      `insert into leader (name, holder, epoch, until) values ($1, $2, 1, clock_timestamp() + $3 * interval '1 ms')
       on conflict (name) do update set holder = excluded.holder, epoch = leader.epoch + 1, until = excluded.until
       where leader.until < clock_timestamp() returning epoch`,
      [name, holder, TERM_MS],
    );
    return row && new Term(db, name, holder, row.epoch);
  }

  get signal(): AbortSignal {
    return this.ended.signal;
  }

  /** The three parameters of `heldTerm`. */
  get params(): [string, string, number] {
    return [this.name, this.holder, this.epoch];
  }

  /** Throws once the time is over by our own clock too: after a pause of the whole process no timer has told us yet. */
  check(): void {
    if (performance.now() - this.renewed > TERM_MS) this.ended.abort();
    if (this.ended.signal.aborted) throw new LeadershipLost(this.name);
  }

  /** So that a successor need not wait for the time to run out. */
  async resign(): Promise<void> {
    this.end();
    await this.db.query("update leader set until = '-infinity' where name = $1 and holder = $2 and epoch = $3", this.params);
  }

  end(): void {
    clearInterval(this.timer);
    this.ended.abort();
  }

  /** Waits while a write of our own holds the row; the next ones don't queue up behind it. */
  private async renew(): Promise<void> {
    if (this.renewing) return;
    this.renewing = true;
    const asked = performance.now();
    const outcome = await this.prolong(this.db.query).catch(() => 'failed' as const);
    this.renewing = false;
    if (outcome === 'held') this.renewed = asked;
    else if (outcome === 'lost' || performance.now() - this.renewed > TERM_MS) this.end();
  }

  private async prolong(query: Query): Promise<'held' | 'lost'> {
    const rows = await query(RENEW, [...this.params, TERM_MS]);
    return rows.length === 0 ? 'lost' : 'held';
  }
}
