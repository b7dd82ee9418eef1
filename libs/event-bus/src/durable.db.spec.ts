import { jetstream, type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { natsOptions } from '@parley/platform';
import { eventually, testNats, type TestNats } from '@parley/testing';
import { Durable, LostPlace } from './durable.js';

const NAME = 'call__session';
let nats: TestNats;
let nc: NatsConnection;
let jsm: JetStreamManager;
let open: Durable[] = [];

beforeAll(async () => {
  nats = await testNats();
  const { waitOnFirstConnect: _, ...options } = natsOptions(nats.url);
  nc = await connect(options);
  jsm = await jetstreamManager(nc);
});
afterAll(async () => {
  await nc.close();
  await nats.stop();
});
beforeEach(() => jsm.streams.add({ name: 'EVT_SESSION', subjects: ['evt.session.>'] }));
afterEach(async () => {
  await Promise.all(open.map((durable) => durable.stop()));
  open = [];
  await jsm.streams.delete('EVT_SESSION');
});

const opened = async (): Promise<Durable> => {
  const durable = await Durable.open(nc, { owner: 'session', name: NAME }, () => undefined);
  open.push(durable);
  return durable;
};
const publish = async (...texts: string[]) => {
  for (const text of texts) await jetstream(nc).publish('evt.session.x.v1', text);
};
const taken = (durable: Durable, count: number, acknowledge: (text: string) => boolean = () => true) => {
  const texts: string[] = [];
  return eventually<string[]>(() => {
    for (const message of durable.take(100)) {
      texts.push(message.string());
      if (acknowledge(message.string())) message.ack();
    }
    return texts.length >= count ? texts : { notYet: `${texts.join()} of ${count}` };
  }, { timeoutMs: 5_000 });
};

test('a durable that is not there yet begins with the stream', async () => {
  await publish('1', '2');
  expect(await taken(await opened(), 2)).toEqual(['1', '2']);
});

test('opened again, it goes on behind what was acknowledged', async () => {
  const first = await opened();
  await publish('1', '2');
  await taken(first, 2);
  await first.stop();
  await publish('3');
  expect(await taken(await opened(), 1)).toEqual(['3']);
});

test('what was delivered and not acknowledged comes again at once, before anything newer', async () => {
  const first = await opened();
  await publish('1', '2', '3');
  await taken(first, 3, (text) => text === '1');
  await first.stop();
  await publish('4');
  expect(await taken(await opened(), 3)).toEqual(['2', '3', '4']);
});

test('what a paused process waits for does not go to it', async () => {
  const paused = await opened();
  const successor = await opened();
  await publish('1', '2', '3', '4');
  expect(await taken(successor, 4)).toEqual(['1', '2', '3', '4']);
  await expect(eventually(() => (paused.take(1), { notYet: 'fine' }), { timeoutMs: 500 })).rejects.toThrow(/deleted|closed/i);
});

test('messages that went elsewhere are missed: nothing behind them is given out', async () => {
  const durable = await opened();
  const thief = (await jetstream(nc).consumers.get('EVT_SESSION', NAME)).next({ expires: 5_000 });
  await publish('1', '2', '3', '4');
  const stolen = Number((await thief)?.string());
  const texts: string[] = [];
  await expect(
    eventually(() => {
      texts.push(...durable.take(100).map((message) => message.string()));
      return { notYet: 'nothing missed' };
    }, { timeoutMs: 3_000 }),
  ).rejects.toMatchObject({ cause: expect.any(LostPlace) });
  expect(texts.every((text) => Number(text) < stolen)).toBe(true);
});

test('a message that never came is missed even if nothing comes behind it', async () => {
  const durable = await opened();
  await publish('1');
  await taken(durable, 1);
  await expect(durable.check()).resolves.toBe(0);
  let stolen: string | undefined;
  const thief = (await jetstream(nc).consumers.get('EVT_SESSION', NAME)).next({ expires: 5_000 }).then((message) => (stolen = message?.string()));
  await new Promise((resolve) => setTimeout(resolve, 100)); // until the thief's request is there
  for (let n = 2; stolen === undefined && n < 6; n++) {
    await publish(String(n));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await thief;
  await expect(durable.check()).rejects.toThrow(LostPlace);
});

test('a durable that went with its stream begins with the new one', async () => {
  const first = await opened();
  await publish('1', '2', '3');
  await taken(first, 3);
  await first.stop();
  await jsm.streams.delete('EVT_SESSION');
  await jsm.streams.add({ name: 'EVT_SESSION', subjects: ['evt.session.>'] });
  await publish('again');
  expect(await taken(await opened(), 1)).toEqual(['again']);
});
