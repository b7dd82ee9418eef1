import type { Pool } from 'pg';
import { z } from 'zod';
import { type AppError, event } from '@parley/dto';
import { eventually, testDatabase, type TestDatabase } from '@parley/testing';
import { baseMigrations, Database, insertOutbox, runMigrations, type Tx } from './index.js';

const noted = event('session', 'noted', 1, { doc: 'Something was noted.', data: z.object({ text: z.string() }), examples: [{ text: 'x' }] });
const fact = (sequence: number, aggregate = 'note:1') => ({ aggregate, sequence, orgId: 'org1', data: { text: `n${sequence}` } });

let server: TestDatabase;
let db: Database;

beforeAll(async () => {
  server = await testDatabase('session');
  await runMigrations({ url: server.url, schema: 'session', migrations: baseMigrations });
  db = await Database.connect({ url: server.url, schema: 'session', entities: [], migrations: baseMigrations, poolSize: 4 });
  await db.query('create table note (id bigserial primary key, text text unique)');
});
afterAll(async () => {
  await db.close();
  await server.drop();
});
afterEach(async () => {
  Database.deadline = () => undefined;
  await db.query('truncate note, outbox');
});

const notes = async () => (await db.query<{ text: string }>('select text from note order by id')).map(({ text }) => text);
const told = () => db.query<{ id: number; aggregate: string; sequence: number }>('select id, aggregate, sequence from outbox order by id');
const kindOf = (work: Promise<unknown>) => work.then(() => 'done', ({ kind, code, details }: AppError) => [kind, code, details?.['outcome']].join(' ').trim());
const signal = () => {
  let send = () => {};
  const sent = new Promise<void>((resolve) => (send = resolve));
  return { send, sent };
};

/** The session that waits or works on behalf of the statement. */
const terminate = (like: string) =>
  eventually(async () => {
    const [row] = await db.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where query like $1 and pid <> pg_backend_pid() and datname = current_database()",
      [like],
    );
    return row ?? { notYet: `nobody runs ${like}` };
  });

describe('a write', () => {
  test('commits state and the events that tell of it', async () => {
    await db.write([], async (tx) => {
      await tx.query("insert into note (text) values ('a')");
      tx.emit(noted, fact(1));
      tx.emit(noted, fact(2));
    });
    expect(await notes()).toEqual(['a']);
    expect((await told()).map(({ sequence }) => sequence)).toEqual([1, 2]);
  });

  test('that fails leaves neither', async () => {
    const failing = db.write([], async (tx) => {
      await tx.query("insert into note (text) values ('a')");
      tx.emit(noted, fact(1));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await notes()).toEqual([]);
    expect(await told()).toEqual([]);
  });

  test('with a fact that is no fact leaves nothing', async () => {
    const failing = db.write([], async (tx) => {
      await tx.query("insert into note (text) values ('a')");
      tx.emit(noted, { ...fact(1), data: { text: 5 as unknown as string } });
    });
    await expect(failing).rejects.toThrow(z.ZodError);
    expect(await notes()).toEqual([]);
  });

  test('can put its events into a statement of its own', async () => {
    await db.write([], async (tx) => {
      tx.emit(noted, fact(1));
      tx.emit(noted, fact(2));
      await tx.query(`with told as (${insertOutbox('$2')}) insert into note (text) values ($1)`, ['a', tx.takeEvents()]);
    });
    expect((await told()).map(({ sequence }) => sequence)).toEqual([1, 2]);
    expect(await notes()).toEqual(['a']);
  });

  test('has its transaction id before its first statement', async () => {
    const [row] = await db.write([], (tx) => tx.query<{ assigned: boolean }>('select pg_current_xact_id_if_assigned() is not null as assigned'));
    expect(row).toEqual({ assigned: true });
  });

  test('costs two round trips where its first statement waits for the locks in the server, and commit not for what nobody reads', async () => {
    const one = await Database.connect({ url: server.url, schema: 'session', entities: [], poolSize: 1 });
    const client = await (one.dataSource.driver as unknown as { master: Pool }).master.connect();
    const sent: string[] = [];
    let answers = 0;
    const query = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>;
    const counted = (sql: string, ...rest: unknown[]) => (sent.push(`after ${answers}: ${sql}`), query(sql, ...rest).finally(() => (answers += 1)));
    Object.assign(client, { query: counted });
    client.release();
    await one.write(['a', 'b'], async (tx) => {
      await tx.query('select 1');
      tx.send('insert into note (text) values ($1)', ['a']);
    }, { waitForLocks: false });
    await one.close();
    expect(sent).toEqual([
      expect.stringMatching(/^after 0: begin.*pg_current_xact_id.*statement_timeout.*; select pg_advisory_xact_lock/),
      'after 0: select 1',
      'after 2: insert into note (text) values ($1)',
      'after 2: commit',
    ]);
    expect(await notes()).toEqual(['a']);
  });

  const insert = (tx: Tx) => tx.query("insert into note (text) values ('a')");
  /** While somebody else holds it. */
  const withoutLock = async (work: (tx: Tx) => Promise<unknown>, waitForLocks: boolean): Promise<unknown> => {
    const hasty = await Database.connect({ url: server.url, schema: 'session', entities: [], poolSize: 1, statementTimeout: 50 });
    return db.write(['held'], () => hasty.write(['held'], work, { waitForLocks }).finally(() => hasty.close()));
  };

  test.each<[string, () => Promise<unknown>, RegExp | string]>([
    ['its locks can’t be had in time', () => withoutLock(insert, true), 'no time left'],
    ['its locks can’t be had in time and it did not wait for them', () => withoutLock(insert, false), 'no time left'],
    ['its locks can’t be had in time and it does nothing', () => withoutLock(() => Promise.resolve(), false), 'no time left'],
    ['a statement fails that nobody waits for', () => db.write([], async (tx) => (tx.send('select 1/$1::int', [0]), await Promise.resolve())), 'division by zero'],
    ['one fails before another', () => db.write([], (tx) => (tx.send('select 1/$1::int', [0]), insert(tx))), 'division by zero'],
    ['one fails behind another', () => db.write([], async (tx) => (await insert(tx), tx.send('select 1/$1::int', [0]))), 'division by zero'],
  ])('leaves nothing and tells why if %s', async (_, failing, why) => {
    await expect(failing()).rejects.toThrow(why);
    expect(await notes()).toEqual([]);
    await db.write([], insert);
    expect(await notes()).toEqual(['a']);
  });

  test('swallowing the failure of a statement does not look like success', async () => {
    const swallowing = db.write([], async (tx) => {
      await tx.query("insert into note (text) values ('a')");
      await tx.query('select 1/0').catch(() => undefined);
    });
    await expect(swallowing).rejects.toThrow('swallowed');
  });

  test('works through TypeORM without a transaction of its own inside', async () => {
    const failing = db.write([], async (tx) => {
      await tx.manager.transaction((inner) => inner.query("insert into note (text) values ('a')"));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await notes()).toEqual([]);
  });

  test('refuses a second use of the database inside', async () => {
    await expect(db.write([], () => db.write([], () => Promise.resolve()))).rejects.toThrow('use its tx');
    await expect(db.write([], () => db.query('select 1'))).rejects.toThrow('use its tx');
  });

  test('refuses a statement after its end', async () => {
    let leaked: (() => Promise<unknown>) | undefined;
    await db.write([], (tx) => {
      leaked = () => tx.query('select 1');
      return Promise.resolve();
    });
    await expect(leaked?.()).rejects.toThrow('an await is missing');
  });
});

describe('listeners of commits', () => {
  const heard: string[] = [];
  beforeAll(() => db.onCommit(() => heard.push('commit')));
  beforeEach(() => heard.splice(0));

  test('hear of a commit with events, once', async () => {
    await db.write([], (tx) => Promise.resolve(tx.emit(noted, fact(1))));
    expect(heard).toEqual(['commit']);
  });

  test('hear nothing of one without events, nor of a rollback', async () => {
    await db.write([], (tx) => tx.query("insert into note (text) values ('a')"));
    await db
      .write([], (tx) => {
        tx.emit(noted, fact(1));
        return Promise.reject(new Error('no'));
      })
      .catch(() => undefined);
    expect(heard).toEqual([]);
  });
});

describe('locks', () => {
  test('two writes under one key run one after the other', async () => {
    const order: string[] = [];
    const [inFirst, go] = [signal(), signal()];
    const first = db.write(['k'], async () => {
      inFirst.send();
      await go.sent;
      order.push('first');
    });
    await inFirst.sent;
    const second = db.write(['k'], () => Promise.resolve(order.push('second')));
    await db.write(['other'], () => Promise.resolve(order.push('another key')));
    go.send();
    await Promise.all([first, second]);
    expect(order).toEqual(['another key', 'first', 'second']);
  });

  test('asked for in any order, never deadlock', async () => {
    const turns = Array.from({ length: 40 }, (_, n) => (n % 2 ? ['a', 'b', 'c'] : ['c', 'b', 'a', 'a']));
    let inside = 0;
    await Promise.all(
      turns.map((keys) =>
        db.write(keys, async (tx) => {
          expect(++inside).toBe(1);
          await tx.query('select 1');
          inside--;
        }),
      ),
    );
  });

  test("a statement after the wait sees what the holder of the lock committed, keys hold what they're given", async () => {
    const key = `o'brien\\ "x"`;
    const [inFirst, go] = [signal(), signal()];
    const first = db.write([key], async (tx) => {
      inFirst.send();
      await go.sent;
      await tx.query("insert into note (text) values ('seen')");
    });
    await inFirst.sent;
    const second = db.write([key], (tx) => tx.query('select text from note'));
    go.send();
    await first;
    expect(await second).toEqual([{ text: 'seen' }]);
  });
});

describe('a transaction that PostgreSQL undid for another', () => {
  const failOnce = (sqlState: string) => {
    let runs = 0;
    return db.write([], async (tx) => {
      await tx.query('insert into note (text) values ($1)', [`run ${++runs}`]);
      tx.emit(noted, fact(runs));
      if (runs === 1) await tx.query(`do $$ begin raise exception 'x' using errcode = '${sqlState}'; end $$`);
    });
  };

  test.each(['40001', '40P01'])('(%s) is run once more, whole', async (sqlState) => {
    await failOnce(sqlState);
    expect(await notes()).toEqual(['run 2']);
    expect((await told()).map(({ sequence }) => sequence)).toEqual([2]);
  });

  test('a second time is unavailable', async () => {
    const always = db.write([], (tx) => tx.query("do $$ begin raise exception 'x' using errcode = '40001'; end $$"));
    expect(await kindOf(always)).toBe('unavailable unavailable');
  });
});

describe('when the database is gone', () => {
  test('in the middle of a write: unavailable, and nothing is unknown', async () => {
    const broken = db.write([], async (tx) => {
      await tx.query("insert into note (text) values ('a')");
      await tx.query('select pg_sleep(20) /* in the middle */');
    });
    await Promise.all([expect(kindOf(broken)).resolves.toBe('unavailable unavailable'), terminate('%/* in the middle */')]);
    expect(await notes()).toEqual([]);
  });

  test('between two statements: the process lives, nothing is unknown', async () => {
    const broken = db.write([], async (tx) => {
      const [me] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
      const other = await Database.connect({ url: server.url, schema: 'session', entities: [] });
      await other.query('select pg_terminate_backend($1)', [me?.pid]);
      await other.close();
      await new Promise((resolve) => setTimeout(resolve, 100));
    });
    expect(await kindOf(broken)).toBe('unavailable unavailable');
  });

  test('while committing: unavailable, the outcome is unknown', async () => {
    await db.query(`create function stall() returns trigger language plpgsql as $$ begin perform pg_sleep(20); return null; end $$`);
    await db.query('create constraint trigger stall after insert on note deferrable initially deferred for each row execute function stall()');
    const broken = db.write([], (tx) => tx.query("insert into note (text) values ('a')"));
    await Promise.all([expect(kindOf(broken)).resolves.toBe('unavailable unavailable unknown'), terminate('commit')]);
    await db.query('drop trigger stall on note; drop function stall', []);
  });

  test('from the start: unavailable', async () => {
    expect(await kindOf(Database.connect({ url: 'postgres://x@127.0.0.1:1/x', schema: 'session', entities: [] }))).toBe('unavailable unavailable');
  });

  test('the pool is whole again afterwards', async () => {
    await Promise.all(Array.from({ length: 12 }, () => db.ping()));
  });
});

describe("a request's deadline", () => {
  test('cuts a statement off', async () => {
    Database.deadline = () => Date.now() + 100;
    const start = Date.now();
    expect(await kindOf(db.write([], (tx) => tx.query('select pg_sleep(10)')))).toBe('unavailable deadline.passed');
    expect(Date.now() - start).toBeLessThan(8_000);
  });

  test('cuts the wait for a lock off, and the connection is as good as new', async () => {
    const [inFirst, go] = [signal(), signal()];
    const first = db.write(['k'], async () => {
      inFirst.send();
      await go.sent;
    });
    await inFirst.sent;
    Database.deadline = () => Date.now() + 100;
    expect(await kindOf(db.write(['k'], () => Promise.resolve()))).toBe('unavailable deadline.passed');
    go.send();
    await first;
    Database.deadline = () => undefined;
    const [row] = await db.query<{ statement_timeout: string }>('show statement_timeout');
    expect(row).toEqual({ statement_timeout: '15s' });
  });

  test('that is over refuses before anything is begun', async () => {
    Database.deadline = () => Date.now() - 1;
    expect(await kindOf(db.write([], (tx) => tx.query('select 1')))).toBe('unavailable deadline.passed');
  });
});

describe('reading', () => {
  test('bigints are numbers and timestamps are dates', async () => {
    const [row] = await db.query<{ n: number; at: Date }>('select count(*) as n, parley_now() as at from note');
    expect(row).toEqual({ n: 0, at: expect.any(Date) });
    await expect(db.query('select 9007199254740993::bigint')).rejects.toThrow('beyond 2^53');
  });

  test('statements of one read go over one connection', async () => {
    const pids = await db.read(async (tx) => [await tx.query('select pg_backend_pid()'), await tx.manager.query('select pg_backend_pid()')]);
    expect(pids[0]).toEqual(pids[1]);
  });
});
