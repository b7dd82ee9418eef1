import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { baseMigrations, Database, runMigrations, uuidv7 } from '@parley/persistence';
import { checkout, testDatabase, type TestDatabase } from '@parley/testing';

let databases: Record<'call' | 'session' | 'auth', TestDatabase>;
let call: Database;
let session: Database;
/** The inbox of a subscriber that is no service of Parley; its schema is called `auth`. */
let presence: Database;

beforeAll(async () => {
  const [forCall, forSession, forAuth] = await Promise.all([testDatabase('call'), testDatabase('session'), testDatabase('auth')]);
  databases = { call: forCall, session: forSession, auth: forAuth };
  [call, session, presence] = await Promise.all([connect('call'), connect('session'), connect('auth')]);
});
afterAll(async () => {
  await Promise.all([call, session, presence].map((db) => db.close()));
  await Promise.all(Object.values(databases).map((database) => database.drop()));
});

async function connect(name: 'call' | 'session' | 'auth'): Promise<Database> {
  const { url } = databases[name];
  await runMigrations({ url, schema: name, migrations: baseMigrations });
  return Database.connect({ url, schema: name, entities: [] });
}

/** What `npm run events` runs. */
async function events(...args: string[]): Promise<{ code: number; answer: unknown; stderr: string }> {
  const env = { ...process.env, CALL_DATABASE_URL: databases.call.url, SESSION_DATABASE_URL: databases.session.url };
  const run = promisify(execFile)(process.execPath, ['tools/events/main.mjs', ...args, '--json'], { cwd: checkout, env });
  return run.then(
    ({ stdout, stderr }) => ({ code: 0, answer: JSON.parse(stdout) as unknown, stderr }),
    (error: { code: number; stderr: string }) => ({ code: error.code, answer: undefined, stderr: error.stderr }),
  );
}

async function wait(status: 'dead' | 'parked', sequence: number): Promise<string> {
  const id = uuidv7();
  const payload = JSON.stringify({ id, data: { n: sequence } });
  const sql = `insert into inbox (consumer, event_id, aggregate, sequence, subject, status, payload, attempts, reason) values ('call__session', $1, 'a', $2, 'evt.session.x.v1', $3, $4, 3, 'no')`;
  await call.query(sql, [id, sequence, status, payload]);
  return id;
}

const statusOf = async (id: string) => (await call.query<{ status: string }>('select status from inbox where event_id = $1', [id]))[0]?.status;

test('events that wait are listed and shown, replayed and dropped', async () => {
  const [dead, behind] = [await wait('dead', 1), await wait('parked', 2)];

  expect((await events('parked', 'list')).answer).toMatchObject([{ eventId: dead, status: 'dead', attempts: 3, reason: 'no' }, { eventId: behind }]);
  expect((await events('parked', 'list', '--status', 'parked')).answer).toMatchObject([{ eventId: behind }]);
  expect((await events('parked', 'show', dead)).answer).toMatchObject({ eventId: dead, payload: { data: { n: 1 } } });
  expect((await events('parked', 'replay', '--consumer', 'call__session')).answer).toEqual({ replayed: 1 });
  expect(await statusOf(dead)).toBe('parked');
  expect((await events('parked', 'drop', '--consumer', 'call__session', behind)).answer).toEqual({ dropped: behind });
  expect(await statusOf(behind)).toBe('done');
});

test('what a consumer does not know comes again from the ledger', async () => {
  const id = uuidv7();
  await session.query("insert into outbox (event_id, aggregate, sequence, subject, org_id, envelope) values ($1, 'b', 1, 'evt.session.x.v1', 'o', '{}')", [id]);

  expect((await events('replay', '--consumer', 'call__session', '--from', '2020-01-01T00:00:00Z')).answer).toEqual({ put: 1 });
  expect(await statusOf(id)).toBe('parked');
  expect((await events('replay', '--consumer', 'call__session', '--from', '2020-01-01T00:00:00Z')).answer).toEqual({ put: 0 });
});

test('a subscriber of one’s own is filled from the ledger and looked after in the same way', async () => {
  const own = (...args: string[]) => events(...args, '--schema', 'auth', '--database', databases.auth.url);
  const id = uuidv7();
  await session.query("insert into outbox (event_id, aggregate, sequence, subject, org_id, envelope) values ($1, 'c', 1, 'evt.session.x.v1', 'o', '{}')", [id]);

  expect((await own('replay', '--consumer', 'presence__session', '--from', '2020-01-01T00:00:00Z')).answer).toMatchObject({ put: expect.any(Number) });
  expect((await own('parked', 'list')).answer).toEqual(expect.arrayContaining([expect.objectContaining({ consumer: 'presence__session', eventId: id })]));
  await presence.query("update inbox set status = 'dead' where event_id = $1", [id]);
  const [dead, shown] = await Promise.all([own('parked', 'list', '--consumer', 'presence__session', '--status', 'dead'), own('parked', 'show', id)]);
  expect([dead.answer, shown.answer]).toMatchObject([[{ eventId: id }], { eventId: id, status: 'dead' }]);
  expect((await own('parked', 'replay', '--consumer', 'presence__session')).answer).toEqual({ replayed: 1 });
  expect((await own('parked', 'drop', '--consumer', 'presence__session', id)).answer).toEqual({ dropped: id });
  expect(await statusOf(id)).toBeUndefined();
});

const refusals: readonly [string[], number, string][] = [
  [['parked', 'show', uuidv7()], 1, 'No event'],
  [['parked', 'drop', '--consumer', 'call__session', uuidv7()], 1, 'No event'],
  [['parked', 'drop', '--consumer', 'call__session', 'x'], 2, 'Say which event'],
  [['parked', 'replay'], 2, 'Say for which consumer'],
  [['parked', 'list', '--status', 'done'], 2, '--status is parked or dead'],
  [['replay', '--consumer', 'call__session', '--from', 'soon'], 2, '--from is a time'],
  [['replay', '--consumer', 'media__session', '--from', '2020-01-01'], 2, 'No service is called media'],
  [['parked', 'list', '--schema', 'presence'], 2, 'Say of a subscriber of your own both'],
  [['parked', 'list', '--schema', 'presence', '--database', 'secret@nowhere'], 2, 'The database is a URL'],
  [['parked', 'list', '--schema', 'nowhere', '--database', 'own'], 2, 'The schema nowhere has no inbox'],
  [['forget'], 2, 'There is no command forget'],
];

test('what can’t be done is refused in words', async () => {
  const answers = await Promise.all(refusals.map(([args]) => events(...args.map((arg) => (arg === 'own' ? databases.call.url : arg)))));

  expect(answers.map(({ code }) => code)).toEqual(refusals.map(([, code]) => code));
  answers.forEach(({ stderr }, at) => expect(stderr).toContain(refusals[at]?.[2]));
  expect(answers.map(({ stderr }) => stderr).join('')).not.toMatch(/ {4}at |secret@/);
});
