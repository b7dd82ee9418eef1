import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { SigningKey } from '@parley/jwt';
import { Database, KeyRing, rewrapAll, rewrapUntilQuiet, Sealer } from '@parley/persistence';
import { askToken, type AuthSystem, startAuth, type TestClient } from '../auth-system.fixture.e2e.js';
import { sealedTables } from './sealed-tables.js';

let auth: AuthSystem;
let clients: TestClient[];

beforeAll(async () => {
  auth = await startAuth({ copies: 2 });
  clients = [];
  for (let n = 0; n < 250; n += 1) clients.push(await auth.newClient(`Clinic ${n}`)); // more than a batch
});
afterAll(() => auth.stop());

const k2 = `k2 ${randomBytes(32).toString('base64url')}`;
const replaceKeys = (...lines: string[]): void => {
  writeFileSync(`${auth.kekFile}.new`, `${lines.join('\n')}\n`);
  renameSync(`${auth.kekFile}.new`, auth.kekFile);
};
const rewrap = () => rewrapAll(auth.get(Database), Sealer.fromFile(auth.kekFile), sealedTables);

it('knows every table that holds something sealed', async () => {
  const columns = await auth.sql<{ name: string }>(`select table_name as name from information_schema.columns where table_schema = 'auth' and column_name = 'sealed' order by 1`);
  const seenThroughView = 'oauth_artifact'; // sealed_artifact: those of its rows that hold something sealed
  expect(columns.map(({ name }) => name).filter((name) => name !== seenThroughView)).toEqual(sealedTables.map(({ table }) => table).sort());
});

it('a change of the outer key under load loses no request, and the old key can go', async () => {
  const k1 = readFileSync(auth.kekFile, 'utf8').trim();
  const failures: unknown[] = [];
  let [requests, going] = [0, true];
  const load = [0, 1].map(async (copy) => {
    for (let n = copy; going; n += 2) {
      const [url, who] = [auth.instances[copy]?.url ?? '', clients[n % clients.length] as TestClient];
      const first = await askToken(url, who, { grant_type: 'client_credentials' });
      const refresh = () => askToken(url, who, { grant_type: 'refresh_token', refresh_token: first.body.refresh_token });
      const answers = [first, await refresh(), await refresh()]; // the last one is the answer that was kept, sealed
      failures.push(...answers.filter(({ status }) => status !== 200));
      requests += answers.length;
    }
  });

  replaceKeys(k2, k1);
  const report = await rewrapUntilQuiet(auth.get(Database), Sealer.fromFile(auth.kekFile), sealedTables);
  expect(report).toMatchObject({ current: 'k2', failed: [] });
  expect(Object.keys(report.under)).toEqual(['k2']);
  expect(report.rewrapped).toBeGreaterThan(250);

  replaceKeys(k2);
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  going = false;
  await Promise.all(load);
  expect(failures).toEqual([]);
  expect(Object.keys((await rewrap()).under)).toEqual(['k2']);
  expect((await auth.get<KeyRing<SigningKey>>(KeyRing).loadWithVersion()).keys).toHaveLength(1);
  for (const who of clients.slice(0, 20)) expect((await askToken(auth.url, who, { grant_type: 'client_credentials' })).status).toBe(200);
  process.stdout.write(`${requests} requests while the outer key changed, none refused\n`);
});

it('what does not open is named and left as it is', async () => {
  await auth.sql(`update client_secret set sealed = replace(sealed, 'v1.k2.', 'v1.k9.') where client_id = $1`, [clients[0]?.clientId]);
  const [row] = await auth.sql<{ id: string }>('select id from client_secret where client_id = $1', [clients[0]?.clientId]);
  expect(await rewrap()).toMatchObject({ rewrapped: 0, failed: [`client_secret ${row?.id}`], under: { k9: 1 } });
});
