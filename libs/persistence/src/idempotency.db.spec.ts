import { randomBytes } from 'node:crypto';
import type { AppError } from '@parley/dto';
import { currentRequest, type OnceOnly, withRequest } from '@parley/platform';
import { testDatabase, type TestDatabase } from '@parley/testing';
import { baseMigrations, Database, forgetIdempotency, rewrapAll, runMigrations, Sealer } from './index.js';

let server: TestDatabase;
let copies: [Database, Database];
let db: Database;

beforeAll(async () => {
  server = await testDatabase('session');
  await runMigrations({ url: server.url, schema: 'session', migrations: baseMigrations });
  copies = [await connect('k1'), await connect('k1')];
  db = copies[0];
  await db.query('create table effect (id bigserial primary key, org_id text)');
  Database.once = () => currentRequest()?.once;
});
afterAll(async () => {
  Database.once = () => undefined;
  await Promise.all(copies.map((copy) => copy.close()));
  await server.drop();
});
afterEach(() => db.query('truncate effect, idempotency, clock_offset'));

const keys = new Map(['k1', 'k2', 'k3'].map((id) => [id, randomBytes(32)]));
/** With a key file of these keys, the first of them current. */
const sealerOf = (...ids: string[]) => new Sealer(new Map(ids.map((id) => [id, keys.get(id) as Buffer])));
const connect = (...ids: string[]) => Database.connect({ url: server.url, schema: 'session', entities: [], sealer: sealerOf(...ids) });

const pass = (time: string) => db.query('insert into clock_offset (ahead) values ($1::interval) on conflict (one) do update set ahead = clock_offset.ahead + excluded.ahead', [time]);

interface Sent {
  org?: string;
  client?: string;
  key?: string | undefined;
  fingerprint?: string;
  secret?: boolean;
  to?: Database;
}

const requestOf = ({ org = 'org-1', client = 'key-1', key = 'k', fingerprint = 'f', secret = false }: Sent): OnceOnly => ({ orgId: org, clientId: client, secret, idempotency: { key, fingerprint } });

/** As a service does it: one request, one transaction, the row that it made as the answer. */
async function send(sent: Sent = {}, work?: () => Promise<unknown>): Promise<{ id: number; replayed: boolean }> {
  const once = requestOf(sent);
  const id = await inRequest(once, () =>
    (sent.to ?? db).write(['everybody'], async (tx) => {
      const [row] = await tx.query<{ id: number }>('insert into effect (org_id) values ($1) returning id', [once.orgId]);
      await work?.();
      return row?.id ?? 0;
    }),
  );
  return { id, replayed: once.idempotency?.replayed === true };
}

const inRequest = <T>(once: OnceOnly, work: () => Promise<T>): Promise<T> => withRequest({ requestId: 'request-1', deadline: Date.now() + 10_000, once }, work);
const refusal = (work: Promise<unknown>) => work.then(() => 'done', ({ kind, code, message }: AppError) => (code ? `${kind} ${code}` : message));
const effects = async () => (await db.query('select from effect')).length;

describe('A request that takes effect once', () => {
  test('I.2 answers the same under the same key, and takes effect no more', async () => {
    const first = await send();

    expect(first.replayed).toBe(false);
    expect(await send()).toEqual({ id: first.id, replayed: true });
    expect(await send({ to: copies[1] })).toEqual({ id: first.id, replayed: true });
    expect(await effects()).toBe(1);
  });

  test('I.2 takes effect once of 50 that come at once to two copies; the others are answered alike, or told to wait', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => send({ to: copies[index % 2] as Database }).then(({ id }) => `${id}`, (error: AppError) => `${error.kind} ${error.code}`)),
    );

    const [row] = await db.query<{ id: number }>('select id from effect');
    expect(await effects()).toBe(1);
    expect(answers).toContain(`${row?.id}`);
    expect(answers.filter((answer) => answer !== `${row?.id}` && answer !== 'conflict idempotency.in_progress')).toEqual([]);
  });

  test('I.4 is told at once that the first is in work, however many locks that waits for', async () => {
    let meanwhile = '';
    await send({}, async () => {
      const began = performance.now();
      meanwhile = await refusal(send({ to: copies[1] }));
      expect(performance.now() - began).toBeLessThan(5000); // had it waited, the first could not have gone on
    });

    expect(meanwhile).toBe('conflict idempotency.in_progress');
  });

  test('I.3 is refused under a key that came with something else', async () => {
    await send();

    expect(await refusal(send({ fingerprint: 'other' }))).toBe('unprocessable idempotency.mismatch');
    expect(await effects()).toBe(1);
  });

  test.each([
    ['key', { key: 'another' }],
    ['client', { client: 'key-2' }],
    ['org', { org: 'org-2' }],
  ])('I.2 is another one for another %s', async (_, other) => {
    await send();

    expect((await send(other)).replayed).toBe(false);
    expect(await effects()).toBe(2);
  });

  test('I.5 that failed leaves its key free, for another request too', async () => {
    await expect(send({}, () => Promise.reject(new Error('refused')))).rejects.toThrow('refused');

    expect(await send({ fingerprint: 'other' })).toMatchObject({ replayed: false });
    expect(await effects()).toBe(1);
  });

  test('I.2 keeps its answer with its effect: whoever dies before answering has answered', async () => {
    await send();
    const [kept] = await db.query<{ xmin: string }>('select xmin::text from idempotency');
    const [effect] = await db.query<{ xmin: string }>('select xmin::text from effect');

    expect(kept?.xmin).toBe(effect?.xmin);
  });

  test('I.6 is known for 24 hours by the database’s clock, then forgotten', async () => {
    const first = await send();
    await pass('23:59:50');
    expect(await send()).toEqual({ id: first.id, replayed: true });
    await pass('20 s');

    expect(await send({ fingerprint: 'other' })).toMatchObject({ replayed: false });
    expect(await effects()).toBe(2);
    await pass('24:00:01');
    for (const sql of forgetIdempotency) await db.query(sql);
    expect(await db.query('select from idempotency')).toHaveLength(0);
  });

  test('I.7 with a secret in its answer keeps that sealed, tells it for 10 minutes, and takes effect no more for 24 hours', async () => {
    const secret = { secret: true };
    const first = await send(secret);
    const [row] = await db.query<{ reply: string }>('select reply from idempotency');
    expect(row?.reply).toMatch(/^v1\./);
    expect(await send(secret)).toEqual({ id: first.id, replayed: true });

    await pass('10 min 1 s');
    expect(await refusal(send(secret))).toBe('conflict idempotency.secret_gone');
    for (const sql of forgetIdempotency) await db.query(sql);
    expect(await db.query('select reply from idempotency')).toEqual([{ reply: '' }]);
    expect(await refusal(send(secret))).toBe('conflict idempotency.secret_gone');
    expect(await effects()).toBe(1);
  });

  test('I.7 tells a secret again when the key that sealed it was replaced, and says so when that was dropped before its time', async () => {
    const sent = { secret: true, client: 'key 1' };
    const first = await send(sent);
    const later = await connect('k2');
    expect(await refusal(send({ ...sent, to: later }))).toBe('conflict idempotency.secret_gone');

    expect(await rewrapAll(db, sealerOf('k2', 'k1'), [])).toEqual({ current: 'k2', rewrapped: 1, failed: [], under: { k2: 1 } });
    expect(await send({ ...sent, to: later })).toEqual({ id: first.id, replayed: true });
    expect(await effects()).toBe(1);

    await pass('10 min 1 s');
    expect(await rewrapAll(db, sealerOf('k3', 'k2'), [])).toMatchObject({ rewrapped: 0, under: {} });
    await later.close();
  });

  test('I.2 has its effect in its first transaction; what it does after that it does again', async () => {
    const work = (once: OnceOnly) =>
      inRequest(once, async () => {
        const effect = await db.write([], async (tx) => (await tx.query<{ id: number }>('insert into effect default values returning id'))[0]?.id);
        await db.write([], (tx) => tx.query('update effect set org_id = coalesce(org_id, $1)', ['swept']));
        return effect;
      });

    expect(await work(requestOf({}))).toBe(await work(requestOf({})));
    expect(await db.query('select org_id from effect')).toEqual([{ org_id: 'swept' }]);
  });

  test.each([[new Date()], [{ at: new Date() }], [[new Map()]], [Number.NaN]])('returns JSON from it, not %p', async (result) => {
    await expect(inRequest(requestOf({}), () => db.write([], () => Promise.resolve(result)))).rejects.toThrow('must be JSON');
  });

  test.each([[null], [undefined], [{ a: [1, 'b', null, { c: true }] }]])('returns %j again as it was', async (result) => {
    const write = () => inRequest(requestOf({}), () => db.write([], () => Promise.resolve(result)));

    expect([await write(), await write()]).toEqual([result, result ?? null]);
  });
});
