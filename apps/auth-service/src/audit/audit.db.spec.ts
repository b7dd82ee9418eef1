import { type AuditEntryDto, SYSTEM_ORG } from '@parley/dto';
import { REQUEST_BUDGET_MS, withRequest } from '@parley/platform';
import { eventually, notYet } from '@parley/testing';
import { newAdmin, operator } from '../admin.fixture.e2e.js';
import { type AuthSystem, startAuth } from '../auth-system.fixture.e2e.js';
import { OrgTokensService } from '../org-tokens/org-tokens.service.js';
import { OrgsService } from '../orgs/orgs.service.js';
import { RegistrationsService } from '../registrations/registrations.service.js';
import { SystemSettingsService } from '../settings/system-settings.service.js';
import { UsersService } from '../users/users.service.js';
import { AuditService } from './audit.service.js';

let auth: AuthSystem;

beforeAll(async () => {
  auth = await startAuth({ copies: 2 });
});
afterAll(() => auth.stop());

const audit = () => auth.get(AuditService);
const orgs = () => auth.get(OrgsService);
const clients = () => auth.get(RegistrationsService);
const all = { limit: 200 };

const entriesOf = (org: string, count: number): Promise<AuditEntryDto[]> =>
  eventually(async () => {
    const { items } = await audit().list(operator, org, all);
    return items.length >= count ? items : notYet(`${items.length} of ${count} entries`);
  });

/** An org with so many entries in its chain. */
async function orgWith(count: number): Promise<string> {
  const { orgId } = await orgs().register(operator, 'Clinic');
  for (let i = 1; i < count; i += 1) await orgs().change(operator, orgId, { name: `Clinic ${i}` });
  await entriesOf(orgId, count);
  return orgId;
}

describe('the audit log', () => {
  it('says who did what, when, from where and to whom', async () => {
    const request = { requestId: 'request-of-audit', deadline: Date.now() + REQUEST_BUDGET_MS, clientAddress: '192.0.2.7' };
    const { orgId } = await withRequest(request, () => orgs().register(operator, 'Clinic'));

    const [entry] = await entriesOf(orgId, 1);
    expect(entry).toEqual({
      act: 'org.created',
      at: expect.stringMatching(/^\d{4}-.*Z$/),
      who: { kind: 'operator', id: 'operator' },
      from: '192.0.2.7',
      requestId: 'request-of-audit',
      target: { kind: 'org', id: orgId },
      details: { name: 'Clinic' },
      org: orgId,
      number: 1,
      previousHash: '0'.repeat(64),
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('has every act of an administrator, and no secret of any', async () => {
    const { actor, client } = await newAdmin(auth);
    const { orgId } = client;
    const secrets: string[] = [];
    const made = await clients().register(actor, orgId, { name: 'App' });
    const place = { orgId, clientId: made.clientId };
    await clients().change(actor, place, { scopes: ['call'] });
    const rotated = await clients().rotateSecret(actor, place, 0);
    await clients().change(actor, place, { active: false });
    await clients().change(actor, place, { active: true });
    const token = await auth.get(OrgTokensService).issue(actor, orgId, 'Server');
    await auth.get(OrgTokensService).revoke(actor, { orgId, tokenId: token.tokenId });
    const users = auth.get(UsersService);
    const user = await users.register(actor, orgId, { username: 'ada', password: 'first secret' });
    await users.change(actor, { orgId, userId: user.userId }, { password: 'second secret' });
    await users.change(actor, { orgId, userId: user.userId }, { active: false });
    await orgs().change(actor, orgId, { limits: { ongoingCalls: 5 } });
    await orgs().change(operator, orgId, { active: false });
    secrets.push(made.clientSecret ?? '', rotated.clientSecret, token.token, 'first secret', 'second secret');

    const entries = await entriesOf(orgId, 12);
    expect(entries.map(({ act }) => act)).toEqual([
      'client.created', 'client.changed', 'client.secret-rotated', 'client.disabled', 'client.enabled', 'org-token.created',
      'org-token.revoked', 'user.created', 'user.changed', 'user.disabled', 'org.changed', 'org.disabled',
    ]);
    expect(entries.slice(0, 11).every(({ who }) => who.kind === 'client' && who.id === client.clientId)).toBe(true);
    const kept = await auth.dump();
    for (const secret of secrets) expect(kept).not.toContain(secret);
  });

  it('is kept for what is about no org, too; that is for the operator', async () => {
    const settings = auth.get(SystemSettingsService);
    await settings.change(operator, { limits: { callsPerUser: 3 } });

    const entries = await entriesOf(SYSTEM_ORG, 1);
    expect(entries.at(-1)).toMatchObject({ act: 'settings.changed', org: SYSTEM_ORG });
    const { actor } = await newAdmin(auth);
    await expect(audit().list(actor, SYSTEM_ORG, all)).rejects.toMatchObject({ code: 'org.not_found' });
    await expect(settings.change(actor, { limits: { callsPerUser: 3 } })).rejects.toMatchObject({ code: 'admin.operator_only' });
  });

  it('has nothing of what was undone', async () => {
    const orgId = await orgWith(1);

    await expect(clients().change(operator, { orgId, clientId: 'none' }, { active: false })).rejects.toMatchObject({ code: 'client.not_found' });
    await orgs().change(operator, orgId, { name: 'After' });

    expect((await entriesOf(orgId, 2)).map(({ act }) => act)).toEqual(['org.created', 'org.changed']);
  });

  it('is one chain for each org, however many act at once', async () => {
    const orgId = await orgWith(1);
    await Promise.all(Array.from({ length: 40 }, (_, i) => auth.get(OrgTokensService).issue(operator, orgId, `Token ${i}`)));

    const entries = await entriesOf(orgId, 41);
    expect(entries.map(({ number }) => number)).toEqual(Array.from({ length: 41 }, (_, i) => i + 1));
    expect(await audit().verify(operator, orgId, 0)).toEqual({ org: orgId, intact: true, entries: 41, fault: null, next: null });
  });

  it('shows an org its own entries and nobody else’s', async () => {
    const { actor, client } = await newAdmin(auth);
    const other = await orgWith(1);
    await orgs().change(actor, client.orgId, { name: 'Mine' });
    await entriesOf(client.orgId, 1);

    expect((await audit().list(actor, undefined, all)).items.map(({ org }) => org)).toEqual([client.orgId]);
    await expect(audit().list(actor, other, all)).rejects.toMatchObject({ code: 'org.not_found' });
    await expect(audit().verify(actor, other, 0)).rejects.toMatchObject({ code: 'org.not_found' });
    expect((await audit().list(operator, undefined, all)).items.map(({ org }) => org)).toEqual(expect.arrayContaining([client.orgId, other]));
  });

  it('is read page by page', async () => {
    const orgId = await orgWith(3);

    const first = await audit().list(operator, orgId, { limit: 2 });
    const second = await audit().list(operator, orgId, { limit: 2, after: first.next! });

    expect([...first.items, ...second.items].map(({ number }) => number)).toEqual([1, 2, 3]);
    expect(second.next).toBeNull();
  });
});

describe('verifying the audit log', () => {
  const inPlace = 'where org_id = $1 and number = 3';

  it.each<[string, string, number, string]>([
    ['a changed entry', `update audit_entry set entry = replace(entry, 'operator', 'somebody') ${inPlace}`, 3, 'the entry was changed'],
    ['a changed time', `update audit_entry set entry = regexp_replace(entry, '"at":"[^"]*"', '"at":"2020-01-01T00:00:00.000Z"') ${inPlace}`, 3, 'the entry was changed'],
    ['a removed entry', `delete from audit_entry ${inPlace}`, 3, 'the entry is missing'],
    ['a removed end', 'delete from audit_entry where org_id = $1 and number > 3', 4, 'the entry is missing'],
    ['a removed beginning', 'delete from audit_entry where org_id = $1 and number = 1', 1, 'the entry is missing'],
    ['an entry with a hash of its own', `update audit_entry set entry = '{}', hash = encode(sha256(convert_to(previous_hash || chr(10) || '{}', 'UTF8')), 'hex') ${inPlace}`, 3, 'the entry is of another place'],
    ['a repeated entry', `update audit_entry e set entry = o.entry, hash = o.hash, previous_hash = o.previous_hash from audit_entry o where o.org_id = e.org_id and o.number = 2 and e.org_id = $1 and e.number = 3`, 3, 'the entry does not follow the one before it'],
    ['an entry behind the end', `insert into audit_entry (org_id, number, entry, previous_hash, hash) select org_id, 6, entry, hash, hash from audit_entry where org_id = $1 and number = 5`, 6, 'the entry is behind the end of the chain'],
  ])('finds %s, at the entry', async (_what, tampering, number, reason) => {
    const orgId = await orgWith(5);
    expect(await audit().verify(operator, orgId, 0)).toMatchObject({ intact: true, entries: 5 });

    await auth.sql(tampering, [orgId]);

    expect(await audit().verify(operator, orgId, 0)).toMatchObject({ intact: false, fault: { number, reason } });
  });

  it('goes on from an entry that was verified before', async () => {
    const orgId = await orgWith(5);
    await auth.sql('update audit_entry set entry = $2 where org_id = $1 and number = 2', [orgId, '{}']);

    expect(await audit().verify(operator, orgId, 3)).toMatchObject({ intact: true, entries: 2, next: null });
    expect(await audit().verify(operator, orgId, 1)).toMatchObject({ intact: false, fault: { number: 2 } });
  });
});
