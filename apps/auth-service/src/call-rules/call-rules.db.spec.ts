import { randomUUID } from 'node:crypto';
import type { CallRule } from '@parley/dto';
import { operator } from '../admin.fixture.e2e.js';
import { type AuthSystem, startAuth } from '../auth-system.fixture.e2e.js';
import { OrgsService } from '../orgs/orgs.service.js';
import { RegistrationsService } from '../registrations/registrations.service.js';
import { SystemSettingsService } from '../settings/system-settings.service.js';
import { UsersService } from '../users/users.service.js';
import { CallRulesService } from './call-rules.service.js';

let auth: AuthSystem;
let orgId: string;
let clientId: string;
let userId: string;

beforeAll(async () => {
  auth = await startAuth();
  ({ orgId } = await auth.get(OrgsService).register(operator, 'Clinic'));
  ({ clientId } = await auth.get(RegistrationsService).register(operator, orgId, { name: 'App', clickToCall: 'code', queryToken: true, scopes: ['call', 'admin'] }));
  ({ userId } = await auth.get(UsersService).register(operator, orgId, { username: 'ada', password: 'a password' }));
});
afterAll(() => auth.stop());

const rules = () => auth.get(CallRulesService);
const told = async (kind: string): Promise<unknown[]> => {
  const rows = await auth.sql<{ envelope: string; sequence: string }>(`select envelope, sequence from outbox where subject = 'evt.auth.call-rule-changed.v1' and aggregate like 'call-rule/${kind}/%' order by id`);
  return rows.map(({ envelope, sequence }) => [Number(sequence), (JSON.parse(envelope) as { data: unknown }).data]);
};
const rule = (kind: CallRule['kind'], key: string, more: Partial<CallRule> = {}): CallRule => ({ kind, key, version: 0, callsPerUser: null, ongoingCalls: null, username: null, ...more });

describe('what holds for the calls of a user', () => {
  it('is found by id and by name, as it is; and nothing for nobody', async () => {
    const expected = { userId, loggedIn: false, rules: [rule('everyone', 'all', { callsPerUser: 2 }), rule('org', orgId), rule('user', userId, { username: 'ada' }), rule('client', clientId)] };

    expect(await rules().find({ orgId, clientId, user: userId })).toEqual(expected);
    expect(await rules().find({ orgId, clientId, user: 'ada' })).toEqual(expected);
    expect((await rules().find({ orgId, clientId: null, user: 'ada' }))?.rules).toHaveLength(3);
    for (const [org, user] of [[orgId, 'bob'], [orgId, randomUUID()], [randomUUID(), userId], ['no-id', userId]] as const) expect(await rules().find({ orgId: org, clientId, user })).toBeNull();
  });

  it('is told whole with every change of a limit, and counted; another change tells nothing', async () => {
    await auth.get(UsersService).change(operator, { orgId, userId }, { limits: { callsPerUser: 5 } });
    await auth.get(UsersService).change(operator, { orgId, userId }, { active: true });
    await auth.get(UsersService).change(operator, { orgId, userId }, { limits: { callsPerUser: null } });
    await auth.get(RegistrationsService).change(operator, { orgId, clientId }, { limits: { callsPerUser: 3 } });
    await auth.get(OrgsService).change(operator, orgId, { limits: { ongoingCalls: 9 } });
    await auth.get(SystemSettingsService).change(operator, { limits: { callsPerUser: null, ongoingCalls: 7 } });

    expect(await told('user')).toEqual([[1, rule('user', userId, { version: 1, callsPerUser: 5, username: 'ada' })], [2, rule('user', userId, { version: 2, username: 'ada' })]]);
    expect(await told('client')).toEqual([[1, rule('client', clientId, { version: 1, callsPerUser: 3 })]]);
    expect(await told('org')).toEqual([[1, rule('org', orgId, { version: 1, ongoingCalls: 9 })]]);
    expect(await told('everyone')).toEqual([[1, rule('everyone', 'all', { version: 1, callsPerUser: 2, ongoingCalls: 7 })]]);
    expect(await auth.get(RegistrationsService).read(operator, { orgId, clientId })).toMatchObject({ limits: { callsPerUser: 3 } });
  });
});

describe('of a client it is known', () => {
  it('whether its tokens may travel in parameters', async () => {
    expect(await rules().carriage({ clientId })).toEqual({ queryToken: true });
    await auth.get(RegistrationsService).change(operator, { orgId, clientId }, { queryToken: false });
    for (const id of [clientId, 'unknown', '\u0000']) expect(await rules().carriage({ clientId: id })).toEqual({ queryToken: false });
  });

  it('whether it administers its org now', async () => {
    expect(await rules().confirm({ orgId, clientId })).toEqual({ confirmed: true });
    expect(await rules().confirm({ orgId: randomUUID(), clientId })).toEqual({ confirmed: false });
    await auth.get(RegistrationsService).change(operator, { orgId, clientId }, { scopes: ['call'] });
    expect(await rules().confirm({ orgId, clientId })).toEqual({ confirmed: false });
  });
});
