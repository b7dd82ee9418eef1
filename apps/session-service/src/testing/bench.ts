import { setTimeout as sleep } from 'node:timers/promises';
import type { EntryDto } from '@parley/dto';
import { runMigrations } from '@parley/persistence';
import { testDatabase } from '@parley/testing';
import { migrations, schema } from '../migrations/migrations.js';
import type { TokenSubject } from '../tokens/entry-tokens.js';
import { actorOf, type Copy, type CopyOptions, startCopy } from './copy.js';
import { linkOf, ORG, OutsideWorld } from './outside-world.js';

/** An event as the ledger holds it. */
export interface ToldEvent {
  type: string;
  aggregate: string;
  sequence: number;
  data: Record<string, unknown>;
}

type Claims = Record<string, unknown>;
type Limits = Omit<CopyOptions, 'url' | 'outside'>;

/** What specs do with a running service on a database of their own: sign links, enter, move the clock, read the ledger. */
export class Bench {
  readonly outside: OutsideWorld;
  readonly actor = actorOf(ORG);
  private readonly others: Copy[] = [];

  private constructor(
    readonly copy: Copy,
    private readonly options: CopyOptions,
    private readonly dropDatabase: () => Promise<void>,
  ) {
    this.outside = options.outside;
  }

  static async start(limits: Limits = {}): Promise<Bench> {
    const { url, drop } = await testDatabase('session');
    await runMigrations({ url, schema, migrations });
    const options = { url, outside: new OutsideWorld(), ...limits };
    return new Bench(await startCopy(options), options, drop);
  }

  /** One more copy of the service on the same database. */
  async anotherCopy(limits: Limits = {}): Promise<Copy> {
    const copy = await startCopy({ ...this.options, ...limits });
    this.others.push(copy);
    return copy;
  }

  async stop(): Promise<void> {
    await Promise.all([this.copy, ...this.others].map((copy) => copy.stop()));
    await this.dropDatabase();
  }

  /** By the clock of the database. Epoch seconds. */
  async now(): Promise<number> {
    const [row] = await this.copy.db.query<{ now: number }>('select extract(epoch from parley_now())::float8 as now');
    return row?.now ?? 0;
  }

  async moveClock(seconds: number): Promise<void> {
    const sql = `insert into clock_offset (ahead) values (make_interval(secs => $1)) on conflict (one) do update set ahead = clock_offset.ahead + excluded.ahead`;
    await this.copy.db.query(sql, [seconds]);
  }

  /** A link of an hour, signed just now by key-1 for a guest of dr-grey in room-1, unless told otherwise. */
  async link(claims: Claims = {}): Promise<string> {
    const now = Math.floor(await this.now());
    return linkOf({ iss: 'key-1', un: 'Ann', ref: 'dr-grey', sid: 'room-1', rle: 'guest', iat: now, exp: now + 3600, ...claims });
  }

  async enter(claims: Claims = {}, copy = this.copy): Promise<EntryDto> {
    return copy.links.enter(await this.link(claims));
  }

  /** The code of the refusal, or `granted`. */
  async codeOf(claims: Claims = {}, copy = this.copy): Promise<string> {
    return outcome(this.enter(claims, copy));
  }

  /** Of one session, or of all, in the order of the ledger. */
  async events(sessionId?: string): Promise<ToldEvent[]> {
    const sql = `select aggregate, sequence, envelope from outbox where $1::text is null or aggregate = 'session/' || $1 order by id`;
    const rows = await this.copy.db.query<{ aggregate: string; sequence: number; envelope: string }>(sql, [sessionId ?? null]);
    return rows.map(({ aggregate, sequence, envelope }) => {
      const { type, data } = JSON.parse(envelope) as Pick<ToldEvent, 'type' | 'data'>;
      return { type, aggregate, sequence, data };
    });
  }
}

/** The code with which the work failed, or `granted`. */
export const outcome = (work: Promise<unknown>): Promise<string> => work.then(() => 'granted', ({ code, message }: { code?: string; message: string }) => code ?? message);

/** Widens the gap between the decision of an admission and its commit, for whoever wants to slip through. */
export async function slowDown({ tokens }: Copy, ms = 15): Promise<void> {
  const signer = await tokens.signer();
  const sign = async (subject: TokenSubject): Promise<string> => (await sleep(ms), signer.sign(subject));
  Object.assign(tokens, { signer: () => Promise.resolve({ sign }) });
}
