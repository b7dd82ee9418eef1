import { randomBytes, randomUUID } from 'node:crypto';
import type { Actor, SigningKey } from '@parley/jwt';
import { Database, type KeyRing, rewrapAll, runMigrations, Sealer } from '@parley/persistence';
import { testDatabase, type TestDatabase } from '@parley/testing';
import { decodeProtectedHeader } from 'jose';
import { createLogger, currentRequest, withRequest } from '@parley/platform';
import { Alias } from '../aliases/alias.entity.js';
import { AliasesRepository } from '../aliases/aliases.repository.js';
import { migrations, schema } from '../migrations/migrations.js';
import { entryKeys, sealedTables } from './entry-keys.js';
import { EntryKeysService } from './entry-keys.service.js';
import { EntryTokens } from './entry-tokens.js';
import { LinkTokens } from './link-tokens.js';
import { TokenSigners } from './token-signers.js';

/** One copy: its keys, what it signs and verifies. */
interface Copy {
  keys: KeyRing<SigningKey>;
  tokens: EntryTokens;
  admin: EntryKeysService;
}

let server: TestDatabase;
let db: Database;
let copies: [Copy, Copy];
const key = randomBytes(32);
const sealer = new Sealer(new Map([['k1', key]]));
const operator: Actor = { kind: 'access', orgId: '', clientId: 'operator', subject: 'operator', scopes: ['admin'], operator: true };

beforeAll(async () => {
  server = await testDatabase('session');
  await runMigrations({ url: server.url, schema, migrations });
  db = await Database.connect({ url: server.url, schema, entities: [], migrations });
  copies = [copy(), copy()];
});
afterAll(async () => {
  await db.close();
  await server.drop();
});

function copy(): Copy {
  const keys = entryKeys(db, sealer, 90);
  const tokens = new EntryTokens(keys, 'https://parley.test');
  return { keys, tokens, admin: new EntryKeysService(db, keys, new TokenSigners(tokens, new LinkTokens(keys, 'https://parley.test')), createLogger({ name: 'session', level: 'silent', format: 'json' })) };
}

const sign = async ({ tokens }: Copy): Promise<string> => {
  const signer = await tokens.signer();
  return signer.sign({ entryId: '0192f0c4-7b1e-7c3a-9a55-3f2f6f0f8a11', orgId: 'org-1', sid: 'room-1', role: 'guest', capabilities: ['subscribe'], enteredAt: new Date(), linkEnd: null });
};
const kidOf = (token: string): string => String(decodeProtectedHeader(token).kid);
/** What each copy does every second. */
const follow = () => Promise.all(copies.map(async ({ keys, tokens }) => tokens.follow(await keys.advance())));
const age = (kid: string, seconds: number) => db.query('update signing_key set since = since - make_interval(secs => $2) where kid = $1', [kid, seconds]);
const published = async () => (await copies[1].admin.published()).keys.map(({ kid }) => kid).sort();

test('the key of entry tokens is replaced without a token lost, over two copies, and every change is recorded', async () => {
  const old = await sign(copies[0]);
  const { kid } = await copies[0].admin.rotate(operator, { compromised: false });
  expect(await copies[1].admin.rotate(operator, { compromised: false })).toMatchObject({ kid });
  await follow();
  expect(await published()).toEqual([kidOf(old), kid].sort());
  expect(kidOf(await sign(copies[1]))).toBe(kidOf(old));

  await age(kid, 361);
  await follow();
  const [one, two] = [await sign(copies[0]), await sign(copies[1])];
  expect([kidOf(one), kidOf(two)]).toEqual([kid, kid]);
  for (const token of [old, one, two]) expect(await copy().tokens.verify(token)).toMatchObject({ kind: 'entry', sid: 'room-1' });

  await age(kidOf(old), 400 * 86_400 + 1);
  await follow();
  expect(await published()).toEqual([kid]);
  await expect(copy().tokens.verify(old)).rejects.toMatchObject({ code: 'token.invalid' });
  const acts = await db.query<{ act: string }>(`select envelope::json->'data'->>'act' || ' by ' || (envelope::json->'data'->'who'->>'id') as act from outbox order by id`);
  expect(acts.map(({ act }) => act)).toEqual(['entry-key.published by operator', 'entry-key.retired by schedule', 'entry-key.activated by schedule', 'entry-key.removed by schedule']);
});

test('it is replaced by schedule, and at once if others know it', async () => {
  const before = kidOf(await sign(copies[0]));
  await age(before, 90 * 86_400 - 359);
  await follow();
  expect(await published()).toHaveLength(2);
  const { kid } = await copies[0].admin.rotate(operator, { compromised: true });
  await follow();
  expect(await published()).toEqual([kid]);
  expect(kidOf(await sign(copies[1]))).toBe(kid);
});

test('I.2: under one key it is replaced once, and another request under that is refused', async () => {
  Database.once = () => currentRequest()?.once;
  const ask = async (fingerprint: string, compromised = true) => {
    const idempotency = { key: 'rotate', fingerprint, replayed: false };
    const once = { orgId: '', clientId: 'operator', secret: false, idempotency };
    return { ...(await withRequest({ requestId: 'r', deadline: Date.now() + 60_000, once }, () => copies[0].admin.rotate(operator, { compromised }))), replayed: idempotency.replayed };
  };
  const ring = () => db.query('select kid, state, since from signing_key');
  const first = await ask('the first');
  const before = await ring();

  expect(await ask('the first')).toEqual({ ...first, replayed: true });
  await expect(ask('another', false)).rejects.toMatchObject({ kind: 'unprocessable', code: 'idempotency.mismatch' });
  expect([before.length, await ring()]).toEqual([1, before]);
  Database.once = () => undefined;
  await follow();
});

test('only the operator replaces it', async () => {
  const admin: Actor = { ...operator, orgId: 'org-1', clientId: 'key-1', subject: 'key-1' };
  delete admin.operator;
  await expect(copies[0].admin.rotate(admin, { compromised: true })).rejects.toMatchObject({ kind: 'forbidden', code: 'admin.operator_only' });
});

test('it moves under another key-encryption key, in every table that holds something sealed', async () => {
  const columns = await db.query<{ name: string }>(`select table_name as name from information_schema.columns where table_schema = 'session' and column_name = 'sealed'`);
  expect(columns.map(({ name }) => name).sort()).toEqual(sealedTables.map(({ table }) => table).sort());
  const place = { uid: randomUUID(), id: 'aB3xZ', orgId: 'org-1', clientId: 'key-1', created: new Date() };
  const alias = Alias.create(place, { type: 'live', expiresAt: '2030-01-01T00:00:00.000Z', passcode: 'p' });
  await db.write([], (tx) => {
    alias.tellCreated(tx);
    return new AliasesRepository(sealer).insert(tx, alias);
  });
  const newKey = randomBytes(32);
  const newer = new Sealer(new Map([['k2', newKey], ['k1', key]]));
  expect(await rewrapAll(db, newer, sealedTables)).toMatchObject({ current: 'k2', failed: [], under: { k2: 2 } });
  expect((await new AliasesRepository(new Sealer(new Map([['k2', newKey]]))).find(db, 'aB3xZ'))?.alias.secrets.passcode).toBe('p');
  expect((await entryKeys(db, newer, 90).loadWithVersion()).keys).toHaveLength(1);
});
