import { randomBytes } from 'node:crypto';
import { Database, runMigrations, Sealer } from '@parley/persistence';
import { testDatabase, type TestDatabase } from '@parley/testing';
import { migrations, schema } from '../migrations/migrations.js';
import { ArtifactsRepository } from './artifacts.repository.js';

const artifacts = new ArtifactsRepository(new Sealer(new Map([['k1', randomBytes(32)]])));
const key = { model: 'RefreshToken', id: 'the-token' };
let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await testDatabase('auth');
  await runMigrations({ url: database.url, schema, migrations });
  db = await Database.connect({ url: database.url, schema, entities: [] });
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

describe('an artifact', () => {
  it('is consumed once, however many try at the same time and without any lock', async () => {
    await artifacts.write(db, [artifacts.stored(key, { payload: {}, clientId: 'c', grantId: 'g', expiresIn: 1000 })]);

    const tries = await Promise.all(Array.from({ length: 20 }, () => db.write([], (tx) => artifacts.consume(tx, key))));

    expect(tries.filter(Boolean)).toEqual([true]);
  });

  it('comes back as it was put in, with its times in epoch seconds', async () => {
    const other = { model: 'Grant', id: 'the-grant' };
    await artifacts.write(db, [artifacts.stored(other, { payload: { scope: 'a' }, clientId: 'c', grantId: undefined, expiresIn: 1000 })]);

    expect(await artifacts.find(db, other)).toEqual({ payload: { scope: 'a' }, consumed: null, exp: expect.closeTo(Date.now() / 1000 + 1000, -1) });
    expect(await artifacts.find(db, { ...other, model: 'RefreshToken' })).toBeUndefined();
  });
});
