import { hash } from '@node-rs/argon2';
import { newAdmin, operator } from '../admin.fixture.e2e.js';
import { type AuthSystem, startAuth } from '../auth-system.fixture.e2e.js';
import { OrgsService } from '../orgs/orgs.service.js';
import { UsersService } from './users.service.js';

let auth: AuthSystem;
let orgId: string;

beforeAll(async () => {
  auth = await startAuth();
  ({ orgId } = await orgs().register(operator, 'Clinic'));
});
afterAll(() => auth.stop());

const users = () => auth.get(UsersService);
const orgs = () => auth.get(OrgsService);
const page = { limit: 50 };
let serial = 0;
const newUser = (password = 'correct horse') => users().register(operator, orgId, { username: `user-${(serial += 1)}`, password });
const login = (username: string, password: string) => users().authenticate(orgId, username, password);

describe('a username', () => {
  it('is one user’s, whoever of a hundred comes first', async () => {
    const tries = await Promise.allSettled(Array.from({ length: 100 }, (_, i) => users().register(operator, orgId, { username: 'ada', password: `password ${i}` })));

    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(tries.flatMap((result) => (result.status === 'rejected' ? [(result.reason as { code: string }).code] : []))).toEqual(Array(99).fill('user.username_taken'));
    expect(await auth.sql(`select count(*) as n from app_user where username = 'ada'`)).toEqual([{ n: 1 }]);
  });

  it('may be another user’s in another org', async () => {
    const other = await orgs().register(operator, 'Other');

    await expect(users().register(operator, other.orgId, { username: 'ada', password: 'x' })).resolves.toMatchObject({ username: 'ada', orgId: other.orgId });
  });
});

describe('a login', () => {
  it('is the user’s with the right password only', async () => {
    const { userId, username } = await newUser('correct horse');

    expect((await login(username, 'correct horse'))?.id).toBe(userId);
    expect(await login(username, 'correct horsE')).toBeUndefined();
    expect(await login(username, '')).toBeUndefined();
    expect(await login('nobody', 'correct horse')).toBeUndefined();
    expect(await users().authenticate('no org', username, 'correct horse')).toBeUndefined();
    expect(await login(`${username}\u0000`, 'correct horse')).toBeUndefined();
  });

  it('works however the accents of name and password were typed', async () => {
    await users().register(operator, orgId, { username: 'zo\u00eb', password: 'caf\u00e9' });

    expect((await login('zoe\u0308', 'cafe\u0301'))?.toDto().username).toBe('zo\u00eb');
  });

  it('hashes a password anew that was hashed at another cost, once, however many log in', async () => {
    const { userId, username } = await newUser('correct horse');
    const hashOf = async () => (await auth.sql<{ hash: string }>('select password_hash as hash from app_user where id = $1', [userId]))[0]?.hash;
    const cheap = await hash('correct horse', { memoryCost: 1_024, timeCost: 1, parallelism: 1 });
    await auth.sql('update app_user set password_hash = $2 where id = $1', [userId, cheap]);

    expect(await login(username, 'wrong')).toBeUndefined();
    expect(await hashOf()).toBe(cheap);
    const shown = await Promise.all([1, 2, 3].map(async () => (await login(username, 'correct horse'))?.shownTo));

    expect(shown).toEqual(Array(3).fill(await hashOf()));
    expect(await hashOf()).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it('is refused in another org, to a disabled user, and to everybody of a disabled org', async () => {
    const other = await orgs().register(operator, 'Third');
    const user = await users().register(operator, other.orgId, { username: 'eve', password: 'pw' });
    expect(await login('eve', 'pw')).toBeUndefined();
    const there = () => users().authenticate(other.orgId, 'eve', 'pw');
    expect(await there()).toBeDefined();

    await users().change(operator, { orgId: other.orgId, userId: user.userId }, { active: false });
    expect(await there()).toBeUndefined();

    await users().change(operator, { orgId: other.orgId, userId: user.userId }, { active: true });
    await orgs().change(operator, other.orgId, { active: false });
    expect(await there()).toBeUndefined();
  });

  it('of a user that is disabled or has a new password ends: what was given is revoked', async () => {
    const [one, two, three] = [await newUser(), await newUser(), await newUser()];
    await users().change(operator, { orgId, userId: one.userId }, { active: false });
    await users().change(operator, { orgId, userId: two.userId }, { password: 'new' });
    await users().change(operator, { orgId, userId: three.userId }, { limits: { callsPerUser: 1 } });

    const rows = await auth.sql('select key from revocation where kind = $1 and key = any($2)', ['user', [one.userId, two.userId, three.userId]]);
    expect(rows).toEqual(expect.arrayContaining([{ key: one.userId }, { key: two.userId }]));
    expect(rows).toHaveLength(2);
  });

  it('needs the new password once it was changed', async () => {
    const { userId, username } = await newUser('old');

    await users().change(operator, { orgId, userId }, { password: 'new' });

    expect(await login(username, 'old')).toBeUndefined();
    expect(await login(username, 'new')).toBeDefined();
  });

  it('takes an unknown name as much time as a wrong password', async () => {
    const { username } = await newUser();
    const timeOf = async (name: string): Promise<number> => {
      const began = performance.now();
      await login(name, 'wrong');
      return performance.now() - began;
    };
    const rounds: { known: number; unknown: number }[] = [];
    await timeOf('warm-up');
    for (let i = 0; i < 9; i += 1) rounds.push({ known: await timeOf(username), unknown: await timeOf('nobody') }); // by turns: a machine is not equally busy all the time
    const median = (times: number[]): number => times.sort((a, b) => a - b)[4]!;
    const ratio = median(rounds.map(({ unknown }) => unknown)) / median(rounds.map(({ known }) => known));

    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });
});

describe('a password', () => {
  it('is kept as argon2id at the cost we say, and nowhere else', async () => {
    const { userId } = await newUser('a very secret text');

    const [row] = await auth.sql<{ hash: string }>('select password_hash as hash from app_user where id = $1', [userId]);
    expect(row?.hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await auth.dump()).not.toContain('a very secret text');
    expect(auth.logs.join('\n')).not.toContain('a very secret text');
  });
});

describe('the users of an org', () => {
  it('are listed page by page, each once, also when some come meanwhile', async () => {
    const { actor, client } = await newAdmin(auth);
    const create = (username: string) => users().register(actor, client.orgId, { username, password: 'x' });
    for (const name of ['a', 'b', 'c']) await create(name);

    const first = await users().list(actor, client.orgId, { limit: 2 });
    await create('d');
    const second = await users().list(actor, client.orgId, { limit: 2, after: first.next! });

    expect([...first.items, ...second.items].map(({ username }) => username)).toEqual(['a', 'b', 'c', 'd']);
    expect(second.next).toBeNull();
    await expect(users().list(actor, client.orgId, { limit: 2, after: 'nonsense' })).rejects.toMatchObject({ code: 'page.after' });
  });

  it('are out of reach for other orgs, as if neither they nor the org were there', async () => {
    const { actor } = await newAdmin(auth);
    const user = await newUser();
    const absent = '0192f3a0-7b6c-7c3a-9d5e-2f1a6b7c8d9e';
    const refusals = await Promise.all(
      [orgId, absent, 'x'].flatMap((org) => [
        users().read(actor, { orgId: org, userId: user.userId }),
        users().list(actor, org, page),
        users().register(actor, org, { username: 'mallory', password: 'x' }),
        users().change(actor, { orgId: org, userId: user.userId }, { password: 'x' }),
      ]).map((call) => call.then(() => 'done', (error: { toJSON(): unknown }) => JSON.stringify(error))),
    );

    expect(new Set(refusals)).toEqual(new Set(['{"kind":"not_found","code":"org.not_found","message":"There is no such organisation."}']));
    await expect(users().read(actor, { orgId: actor.orgId, userId: user.userId })).rejects.toMatchObject({ code: 'user.not_found' });
  });
});
