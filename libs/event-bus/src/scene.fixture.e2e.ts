import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { natsOptions } from '@parley/platform';
import { eventually, onBroker, testNats, type TestNats } from '@parley/testing';
import type { EventBus } from './index.js';
import { TestService } from './service.fixture.e2e.js';

/** A handler's retries, so that what waits for them need not wait long. */
export const quick = { firstMs: 50, longestMs: 100, tries: 3, patientTries: 99 };
const patience = { timeoutMs: 45_000 };

export interface InboxRow {
  event_id: string;
  sequence: number;
  attempts: number;
  reason: string;
}

/** Who takes part: one service that tells, one that hears, a broker of theirs. */
export class Scene {
  /** Lets go on what a test holds up; also asked for when the test is over, however it ended. */
  resume = (): void => undefined;

  private constructor(
    readonly nats: TestNats,
    readonly session: TestService,
    readonly call: TestService,
  ) {}

  static async play(act: (scene: Scene) => Promise<void>): Promise<void> {
    const scene = new Scene(...(await Promise.all([testNats(), TestService.create('session'), TestService.create('call')])));
    await act(scene).finally(() => scene.end());
  }

  private async end(): Promise<void> {
    this.resume();
    await Promise.all([this.session.drop(), this.call.drop()]);
    await this.nats.stop();
  }

  /** One copy of each; answers that of the one who hears. */
  readonly startAll = async (): Promise<EventBus> => {
    await this.session.run(natsOptions(this.nats.url));
    return this.call.run(natsOptions(this.nats.url), ['session'], { retry: quick });
  };

  /** The same, with somebody whom the one who tells knows and who is away: what is lost is told again from the first event on. */
  readonly startWithAbsent = async (): Promise<EventBus> => {
    await this.session.db.query("update relay set durables = '{absent__session}'");
    return this.startAll();
  };

  readonly stepAll = async (things: string[], times: number): Promise<void> => {
    for (let n = 0; n < times; n++) await Promise.all(things.map((thing) => this.session.step(thing)));
  };

  readonly seenBy = (count: number): Promise<string[]> =>
    eventually<string[]>(async () => {
      const seen = await this.call.seen();
      return seen.length >= count ? seen : { notYet: `${seen.length} of ${count} took effect` };
    }, patience);

  /** When everything is sent. */
  readonly quiet = (): Promise<true> =>
    eventually<true>(async () => {
      const [row] = await this.session.db.query<{ n: number }>('select count(*) as n from outbox where id > (select high from relay)');
      return row?.n === 0 ? true : { notYet: 'the relay has work' };
    }, patience);

  readonly inbox = (status: string): Promise<InboxRow[]> => this.call.db.query<InboxRow>('select * from inbox where status = $1 order by event_id', [status]);

  readonly waitFor = (status: string, count: number): Promise<InboxRow[]> =>
    eventually<InboxRow[]>(async () => {
      const rows = await this.inbox(status);
      return rows.length === count ? rows : { notYet: `${rows.length} of ${count} are ${status}` };
    }, patience);

  readonly withNats = <T>(use: (nc: NatsConnection) => Promise<T>): Promise<T> => onBroker(this.nats.url, use);

  /** The sequences of the events in the stream, as they stand there. */
  readonly storedSequences = (): Promise<number[]> =>
    this.withNats(async (nc) => {
      const { streams } = await jetstreamManager(nc);
      const { state } = await streams.info('EVT_SESSION');
      const seqs = Array.from({ length: state.last_seq }, (_, n) => n + 1);
      const messages = await Promise.all(seqs.map((seq) => streams.getMessage('EVT_SESSION', { seq })));
      return messages.flatMap((message) => message?.json<{ sequence?: number }>().sequence ?? []);
    });

  readonly leaderOf = async (service: TestService, name: string): Promise<{ holder: string; epoch: number } | undefined> =>
    (await service.db.query<{ holder: string; epoch: number }>('select holder, epoch from leader where name = $1', [name]))[0];
}

type Act = (scene: Scene) => Promise<void>;
const LIMIT_MS = 90_000;

/** A test with a scene of its own, at once with others of its group: most of them wait most of their time. */
export const atOnce = (name: string, act: Act): void => test.concurrent(name, () => Scene.play(act), LIMIT_MS);
/** The same for one that looks at the clock. */
export const inTurn = (name: string, act: Act): void => test(name, () => Scene.play(act), LIMIT_MS);

/** Milliseconds of the quickest of four, so that a busy machine is not taken for a slow bus. */
export async function quickest(act: (nth: number) => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let nth = 1; nth <= 4; nth++) {
    const start = performance.now();
    await act(nth);
    times.push(performance.now() - start);
  }
  return Math.min(...times);
}

export const ofThing = (seen: string[], thing: string): string[] => seen.filter((step) => step.startsWith(thing));
export const stepsOf = (thing: string, count: number): string[] => Array.from({ length: count }, (_, n) => `${thing}${n + 1}`);
