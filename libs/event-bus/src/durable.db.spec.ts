import { jetstream, type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { canaryDurableOf, canarySent } from '@parley/dto';
import { natsOptions } from '@parley/platform';
import { eventually, testNats, type TestNats } from '@parley/testing';
import { Durable, LostPlace, MissedMessages, type Place } from './durable.js';

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

const opened = async (place?: Place): Promise<Durable> => {
  const durable = await Durable.open(nc, { owner: 'session', name: NAME, place }, () => undefined);
  open.push(durable);
  return durable;
};
const publish = async (...texts: string[]) => {
  for (const text of texts) await jetstream(nc).publish('evt.session.x.v1', text);
};
const taken = (durable: Durable, count: number, acknowledge: (text: string) => boolean = () => true) => {
  const texts: string[] = [];
  return eventually<string[]>(() => {
    for (const { message } of durable.take(100)) {
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
      texts.push(...durable.take(100).map(({ payload }) => payload));
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

describe('where its reader stands', () => {
  const placeAt = async (seq: number): Promise<Place> => ({ created: (await jsm.streams.info('EVT_SESSION')).created, behind: 0, seq });
  const failure = (durable: Durable): Promise<unknown> => eventually(() => (durable.take(100), { notYet: 'nothing missed' }), { timeoutMs: 3_000 }).catch(({ cause }: Error) => cause);

  test.each([
    ['more than was acknowledged', 3, ['4']],
    ['less', 1, ['2', '3', '4']],
    ['as much', 2, ['3', '4']],
    ['beyond the end of a stream that lost its tail', 9, ['1', '2', '3', '4']],
  ])('is what counts: %s', async (_, seq, expected) => {
    const first = await opened();
    await publish('1', '2');
    await taken(first, 2);
    await first.stop();
    await publish('3', '4');
    expect(await taken(await opened(await placeAt(seq)), expected.length)).toEqual(expected);
  });

  test.each([
    ['all of the ledger', undefined],
    ['what comes behind the same id as that one', { id: 7, created: 'before', seq: 3 }],
    ['what comes behind a place in that one that it had reached', { id: 9, created: 'then', seq: 5 }],
  ])('in another stream goes on with this one, if this has %s', async (_, behind) => {
    await jsm.streams.update('EVT_SESSION', { description: behind && JSON.stringify({ behind }) });
    const somebody = await opened();
    await publish('1', '2');
    await taken(somebody, 1); // a durable that stands where somebody else had come to
    await somebody.stop();
    expect(await taken(await opened({ created: 'then', behind: 7, seq: 5 }), 2)).toEqual(['1', '2']);
  });

  test.each([
    ['begins behind a later place in that one', { id: 9, created: 'then', seq: 6 }],
    ['begins behind a place in a third one', { id: 9, created: 'later', seq: 1 }],
  ])('in another stream that %s is where something is missed', async (_, behind) => {
    await jsm.streams.update('EVT_SESSION', { description: JSON.stringify({ behind }) });
    await publish('1', '2');
    await expect(opened({ created: 'then', behind: 7, seq: 5 })).rejects.toThrow(MissedMessages);
    expect(await taken(await opened(), 2)).toEqual(['1', '2']); // somebody new takes what there is
  });

  test('in another stream, of whose successor the first messages are gone, too', async () => {
    await publish('1', '2', '3');
    await jsm.streams.purge('EVT_SESSION', { seq: 3 });
    await expect(opened({ created: 'then', behind: 0, seq: 5 })).rejects.toThrow('the messages 1 to 2');
  });

  test('may be where the stream no longer has anything: it is told so, and given nothing', async () => {
    await publish('1', '2', '3', '4');
    await jsm.streams.purge('EVT_SESSION', { seq: 4 });
    const place = await placeAt(1);
    await expect(opened(place)).rejects.toThrow(MissedMessages);
    await expect(opened(place)).rejects.toMatchObject({ created: place.created, message: expect.stringContaining('2 to 3') as string });
    expect(await taken(await opened(await placeAt(3)), 1)).toEqual(['4']);
  });

  test('is behind a gap in what comes: nothing behind that is given out', async () => {
    await publish('1', '2', '3', '4');
    await jsm.streams.deleteMessage('EVT_SESSION', 3);
    expect(await failure(await opened(await placeAt(1)))).toEqual(expect.any(MissedMessages));
  });

  test('of the canary, numbers may be left out', async () => {
    const durable = await Durable.open(nc, { owner: 'session', name: canaryDurableOf('session') }, () => undefined);
    open.push(durable);
    await publish('1');
    await jetstream(nc).publish(canarySent.session.subject, '2');
    await publish('3');
    await jetstream(nc).publish(canarySent.session.subject, '4');
    expect(await taken(durable, 2)).toEqual(['2', '4']);
  });
});
