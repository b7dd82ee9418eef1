import { CloudEvent } from '@parley/dto';
import { baseMigrations, Database, runMigrations, uuidv7 } from '@parley/persistence';
import { testDatabase, type TestDatabase } from '@parley/testing';
import { Inbox } from './inbox.js';
import { LeadershipLost, Term } from './leadership.js';
import { Ledger } from './ledger.js';

let server: TestDatabase;
let db: Database;

beforeAll(async () => {
  server = await testDatabase('call');
  await runMigrations({ url: server.url, schema: 'call', migrations: baseMigrations });
  db = await Database.connect({ url: server.url, schema: 'call', entities: [] });
});
afterAll(async () => {
  await db.close();
  await server.drop();
});

const stream = { created: 'then', behind: 0 };
const told = () => {
  const id = uuidv7();
  const event = CloudEvent.parse({
    ...{ specversion: '1.0', id, source: 'parley/session', type: 'evt.session.stepped.v1', subject: 'thing:1', time: '2026-01-01T00:00:00Z' },
    ...{ datacontenttype: 'application/json', orgid: 'o', sequence: 1, data: {} },
  });
  return { event, payload: JSON.stringify(event), seq: 1 };
};
const taken = async (name: string): Promise<Term> => {
  const term = await Term.take(db, name, 'first');
  if (!term) throw new Error('not taken');
  return term;
};
/** The row says so, and the first does not know it yet. */
const replace = (name: string) => db.query("update leader set holder = 'second', epoch = epoch + 1 where name = $1", [name]);

test('one holder at a time; a term that was resigned can be taken at once', async () => {
  const first = await taken('a');
  expect(await Term.take(db, 'a', 'second')).toBeUndefined();
  await first.resign();
  const second = await Term.take(db, 'a', 'second');
  expect(second?.epoch).toBe(2);
  second?.end();
});

test('a term whose time ran out in the database can be taken', async () => {
  const first = await taken('b');
  await db.query("update leader set until = clock_timestamp() - interval '1 ms' where name = 'b'");
  const second = await Term.take(db, 'b', 'second');
  expect(second?.epoch).toBe(2);
  first.end();
  second?.end();
});

test('resigning a term that was lost does not end that of the successor', async () => {
  const first = await taken('c');
  await replace('c');
  await first.resign();
  expect(await Term.take(db, 'c', 'third')).toBeUndefined();
});

test('of a lost term nothing is written: not what took effect, not what waits', async () => {
  const term = await taken('d');
  const inbox = new Inbox(db, 'call__session');
  const [waiting, fresh] = [told(), told()];
  const later = { status: 'parked', waitMs: 0, reason: 'x' } as const;
  await inbox.park(term, waiting, later);
  await replace('d');
  const before = await db.query('select * from inbox order by event_id');
  await expect(db.write([], (tx) => inbox.take(tx, term, [fresh], stream))).rejects.toThrow(LeadershipLost);
  await expect(inbox.park(term, fresh, later)).rejects.toThrow(LeadershipLost);
  await expect(db.write([], (tx) => inbox.finish(tx, term, waiting.event.id))).rejects.toThrow(LeadershipLost);
  await expect(inbox.keepPlace(term, { ...stream, seq: 1 })).rejects.toThrow(LeadershipLost);
  await expect(inbox.postpone(term, waiting.event.id, later)).rejects.toThrow(LeadershipLost);
  expect(await db.query('select * from inbox order by event_id')).toEqual(before);
  expect(await inbox.place()).toBeUndefined();
  term.end();
});

test('what a term has in hand holds a successor up until it is committed', async () => {
  const term = await taken('e');
  await db.query("update leader set until = '-infinity' where name = 'e'");
  const order: string[] = [];
  let second: Promise<unknown> = Promise.resolve();
  await db.write([], async (tx) => {
    await new Inbox(db, 'call__session').take(tx, term, [told()], stream);
    const other = await Database.connect({ url: server.url, schema: 'call', entities: [] });
    second = Term.take(other, 'e', 'second').then((next) => {
      order.push('taken');
      next?.end();
      return other.close();
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    order.push('committed');
  });
  await second;
  expect(order).toEqual(['committed', 'taken']);
  term.end();
});

test('how far the ledger is sent is saved by the latest relay only', async () => {
  const term = await taken('relay');
  const ledger = new Ledger(db);
  const state = await ledger.claim(term);
  await ledger.save(term, state, 1);
  await replace('relay');
  await db.query('update relay set epoch = epoch + 1');
  await expect(ledger.save(term, state, 1)).rejects.toThrow(LeadershipLost);
  await expect(ledger.claim(term)).rejects.toThrow(LeadershipLost);
  term.end();
});
