import { getSigningKeys } from '@parley/dto';
import { AccessTokenVerifier, KeySet, type SigningKey } from '@parley/jwt';
import { KeyRing } from '@parley/persistence';
import { withRequest } from '@parley/platform';
import { RpcClient } from '@parley/rpc';
import { eventually, notYet } from '@parley/testing';
import { askToken, type AuthSystem, startAuth, type TestClient } from '../auth-system.fixture.e2e.js';
import { bySystem } from '../audit/record-act.js';
import { newAdmin, operator } from '../admin.fixture.e2e.js';
import { noteOf } from './access-keys.js';
import { KeysAdminService } from './keys-admin.service.js';

let auth: AuthSystem;
let client: TestClient;

beforeAll(async () => {
  auth = await startAuth({ copies: 2 });
  client = await auth.newClient();
});
afterAll(() => auth.stop());

const ring = () => auth.get<KeyRing<SigningKey>>(KeyRing);
const byTest = noteOf(bySystem('spec'));
const kidOf = (jwt: string): string => (JSON.parse(Buffer.from(jwt.split('.')[0] ?? '', 'base64url').toString()) as { kid: string }).kid;
const token = async (copy = 0): Promise<string> => (await askToken(auth.instances[copy]?.url ?? '', client, { grant_type: 'client_credentials' })).body.access_token;
const states = async () => Object.fromEntries((await auth.sql<{ kid: string; state: string }>('select kid, state from signing_key')).map(({ kid, state }) => [kid, state]));
/** As if that key had come into its state so long ago. */
const age = (kid: string, seconds: number) => auth.sql('update signing_key set since = since - make_interval(secs => $2) where kid = $1', [kid, seconds]);
const signsWith = (kid: string) =>
  eventually(async () => (await Promise.all([token(0), token(1)])).every((jwt) => kidOf(jwt) === kid) || notYet(`not every copy signs with ${kid}`));
const published = async (copy: number): Promise<string[]> => {
  const { keys } = (await (await fetch(`${auth.instances[copy]?.url}/.well-known/jwks.json`)).json()) as { keys: { kid: string }[] };
  return keys.map(({ kid }) => kid).sort();
};
/** Looks at the published keys now, and keeps them as long as any verifier does. */
const verifier = () => new AccessTokenVerifier(new KeySet(() => auth.get(RpcClient).call(getSigningKeys, {})));
async function verifierThatKnowsTheKeys(): Promise<AccessTokenVerifier> {
  const one = verifier();
  await one.verify(await token());
  return one;
}

describe('The rotation of the signing key', () => {
  it('loses no request and no token, over two copies under load', async () => {
    const oldKid = kidOf(await token());
    let gateway = await verifierThatKnowsTheKeys();
    const failures: unknown[] = [];
    const issued: string[] = [];
    let going = true;
    const load = [0, 1].map(async (copy) => {
      while (going) {
        const { status, body } = await askToken(auth.instances[copy]?.url ?? '', client, { grant_type: 'client_credentials' });
        if (status !== 200) failures.push({ status, body });
        else await gateway.verify(body.access_token).then(() => issued.push(body.access_token), (error: unknown) => failures.push(error));
      }
    });

    const { kid, signsFrom } = await ring().begin(byTest);
    expect(kid).not.toBe(oldKid);
    expect(signsFrom * 1000 - Date.now()).toBeGreaterThan(300_000);
    await eventually(async () => (await Promise.all([published(0), published(1)])).every((kids) => kids.includes(kid)) || notYet('not published by both'));
    expect(await states()).toEqual({ [oldKid]: 'active', [kid]: 'next' });
    expect([kidOf(await token(0)), kidOf(await token(1))]).toEqual([oldKid, oldKid]);

    gateway = await verifierThatKnowsTheKeys(); // in the six minutes that pass now every verifier asks again
    await age(kid, 361);
    await signsWith(kid);
    going = false;
    await Promise.all(load);

    expect(await states()).toEqual({ [oldKid]: 'retired', [kid]: 'active' });
    expect(failures).toEqual([]);
    expect(new Set(issued.map(kidOf))).toEqual(new Set([oldKid, kid]));
    process.stdout.write(`${issued.length} tokens while the key was rotated, none refused\n`);
    const fresh = verifier();
    for (const jwt of [issued[0] ?? '', issued.at(-1) ?? '']) await fresh.verify(jwt);

    await age(oldKid, 86_400 + 301);
    await eventually(async () => !(oldKid in (await states())) || notYet('the old key is still there'));
    await eventually(async () => !(await published(0)).includes(oldKid) || notYet('the old key is still published'));
    await expect(verifier().verify(issued[0] ?? '')).rejects.toMatchObject({ code: 'token.invalid' });
    await verifier().verify(issued.at(-1) ?? '');
  });

  it('that has begun is not begun again', async () => {
    const first = await ring().begin(byTest);
    const again = await ring().begin(byTest);
    expect(again).toEqual(first);
    await age(first.kid, 361);
    await signsWith(first.kid);
  });

  it('begins by itself in time, so that the key signs for 90 days', async () => {
    const kid = kidOf(await token());
    await age(kid, 90 * 86_400 - 420);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(Object.values(await states())).not.toContain('next');
    await age(kid, 61);
    const next = await eventually(async () => Object.entries(await states()).find(([, state]) => state === 'next')?.[0] ?? notYet('no next key'));
    await age(next, 361);
    await signsWith(next);
  });

  it('is the operator’s, and every change is recorded with who made it', async () => {
    const [admin, { actor }] = [auth.get(KeysAdminService), await newAdmin(auth)];
    await expect(admin.rotate(actor, { compromised: false })).rejects.toMatchObject({ code: 'admin.operator_only' });
    const { kid, signsFrom } = await admin.rotate(operator, { compromised: false });
    expect(signsFrom * 1000 - Date.now()).toBeGreaterThan(300_000);
    await age(kid, 361);
    await signsWith(kid);
    const acts = await auth.sql<{ act: string; who: string }>(
      `select envelope::json->'data'->>'act' as act, envelope::json->'data'->'who'->>'id' as who from outbox where envelope::json->'data'->'target'->>'id' = $1 order by id`,
      [kid],
    );
    expect(acts).toEqual([{ act: 'signing-key.published', who: 'operator' }, { act: 'signing-key.activated', who: 'schedule' }]);
  });

  it('of a key that others know takes effect at once, and ends its tokens', async () => {
    const compromised = await token();
    const { kid } = await ring().replace(byTest);
    await signsWith(kid);
    expect(await states()).toEqual({ [kid]: 'active' });
    await expect(verifier().verify(compromised)).rejects.toMatchObject({ code: 'token.invalid' });
    await verifier().verify(await token());
  });

  it('I.2: of such a key is done once under one key, and another request under it is refused', async () => {
    const ask = async (fingerprint: string, compromised = true) => {
      const idempotency = { key: 'rotate', fingerprint, replayed: false };
      const once = { orgId: '', clientId: 'operator', secret: false, idempotency };
      return { ...(await withRequest({ requestId: 'r', deadline: Date.now() + 60_000, once }, () => auth.get(KeysAdminService).rotate(operator, { compromised }))), replayed: idempotency.replayed };
    };
    const keys = () => auth.sql('select kid, state, since from signing_key');
    const first = await ask('the first');
    await signsWith(first.kid);
    const before = await keys();

    expect(await ask('the first')).toEqual({ ...first, replayed: true });
    await expect(ask('another', false)).rejects.toMatchObject({ kind: 'unprocessable', code: 'idempotency.mismatch' });
    expect([before.length, await keys()]).toEqual([1, before]);
  });
});
