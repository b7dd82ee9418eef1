import {
  addScheduledParticipant, AppError, cancelScheduledSession, changeRole, changeScheduledParticipant, changeScheduledSession, changeOrgSettings, changeSessionSettings, getOrg, getOrgSettings, getScheduledParticipant,
  getScheduledSession, getSession, getSessionSettings, listPresences, listScheduledParticipants, listScheduledSessions, removeScheduledParticipant, type RpcContract, scheduleSession,
} from '@parley/dto';
import { send } from '../testing/http.js';
import { ORG, startTestGateway, type TestGateway } from '../testing/test-gateway.js';

const at = '2026-11-01T09:00:00.000Z';
const end = '2026-11-01T10:00:00.000Z';
const participant = {
  ...{ participantId: '0192f3a1-0000-7000-8000-00000000000b', sid: 's-1', clientId: 'key-1', name: 'Ann', role: 'guest' as const, picture: null, state: null },
  ...{ entryUrl: 'https://parley.example/v1/session/a.b.c', deletedAt: null },
};
const session = { sid: 's-1', orgId: ORG, clientId: 'key-1', name: null, startsAt: at, endsAt: end, rfc1123: true, picture: null, cancelledAt: null, participants: [participant] };
const settings = { maxDuration: null, emptyTimeout: 90, lastLeftTimeout: null, ownerGoneTimeout: false };
const orgSettings = { orgId: ORG, sessions: settings, effective: { maxDuration: false as const, emptyTimeout: 90, lastLeftTimeout: false as const, ownerGoneTimeout: false as const } };
const sessionSettings = { ...orgSettings, sid: 'room', window: { from: at, until: null } };
const presence = { entryId: participant.participantId, orgId: ORG, sid: 'room', name: 'Ann', role: 'guest' as const, joined: at, left: null, present: true, leaseUntil: end, reason: null, how: null };
const entry = {
  entryId: 'e-1', orgId: ORG, sessionId: participant.participantId, sid: 'room', clientId: 'key-1', subscriptionId: null, name: 'Ann', role: 'owner' as const, peerId: 'p', enteredAt: at, accessToken: 'a.b', leaseUntil: at, endedAt: null,
};
const occurrence = { sessionId: participant.participantId, sid: 'room', orgId: ORG, state: 'open' as const, started: at, ended: null, endReason: null, participants: 1 };
const dates = { start_time: at, end_time: end };
const isoDates = { startsAt: at, endsAt: end, rfc1123: false };

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());
beforeEach(() => {
  const { services } = gateway;
  services.forget();
  for (const contract of [scheduleSession, getScheduledSession, changeScheduledSession]) services.on(contract, () => session);
  for (const contract of [addScheduledParticipant, getScheduledParticipant, changeScheduledParticipant]) services.on(contract, () => participant);
  for (const contract of [cancelScheduledSession, removeScheduledParticipant]) services.on(contract, () => ({}));
  services.on(listScheduledSessions, () => ({ items: [session], more: true }));
  services.on(listScheduledParticipants, () => ({ items: [participant], rfc1123: true }));
  services.on(getOrg, () => ({ orgId: ORG, name: 'Clinic', active: true }));
  for (const contract of [getOrgSettings, changeOrgSettings]) services.on(contract, () => orgSettings);
  for (const contract of [getSessionSettings, changeSessionSettings]) services.on(contract, () => sessionSettings);
  services.on(getSession, () => occurrence);
  services.on(listPresences, () => ({ items: [presence], page: 0, count: 1, next: { page: 1, cursor: 'c' } }));
  services.on(changeRole, () => entry);
});

const ask = (target: string, body?: unknown, token = 'good') => {
  const [method = '', path = ''] = target.split(' ');
  const headers = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
  return send(`${gateway.url}/v1${path}`, { method, headers, ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }) });
};
const last = () => gateway.services.asked.at(-1);

const routes: [rule: string, target: string, body: unknown, contract: RpcContract, asked: object][] = [
  ['V.2', 'POST /sessions', dates, scheduleSession, { ...isoDates, participants: [] }],
  ['V.2', 'POST /sessions', { ...dates, session_name: null, picture: '', participants: [{ role: 'HOST', display_name: '' }, {}] }, scheduleSession, { ...isoDates, picture: '', participants: [{ name: null, role: 'owner' }, {}] }],
  ['V.7', 'POST /sessions', { start_time: 'Sun, 01 Nov 2026 09:00:00 GMT', end_time: end }, scheduleSession, { ...isoDates, rfc1123: true, participants: [] }],
  ['V.4', 'PUT /sessions/s-1', { session_name: 'x', end_time: end }, changeScheduledSession, { sid: 's-1', name: 'x', endsAt: end, rfc1123: false }],
  ['V.4', 'PUT /sessions/s-1', {}, changeScheduledSession, { sid: 's-1' }],
  ['V.6', 'DELETE /sessions/s-1', undefined, cancelScheduledSession, { sid: 's-1' }],
  ['V.9', 'GET /sessions', undefined, listScheduledSessions, { page: 0, count: 200, cancelled: false, deleted: false, reverse: false }],
  ['V.9', `GET /sessions?page=2&page_size=7&include_canceled=True&deleted_participants=1&order=reverse&start_time=${at}&end_time=`, undefined, listScheduledSessions, { page: 2, count: 7, cancelled: true, deleted: true, reverse: true, from: at }],
  ['V.9', 'GET /sessions?page_size=900&order=&unknown=1', undefined, listScheduledSessions, { page: 0, count: 200, cancelled: false, deleted: false, reverse: false }],
  ['V.11', 'GET /sessions/s-1?deleted_participants=true', undefined, getScheduledSession, { sid: 's-1', deleted: true }],
  ['V.11', 'GET /sessions/s-1/participants', undefined, listScheduledParticipants, { sid: 's-1', deleted: false }],
  ['V.2', 'POST /sessions/s-1/participants', { role: 'Guest', state: 's', picture: 'p', coviu_user_id: 1 }, addScheduledParticipant, { sid: 's-1', role: 'guest', state: 's', picture: 'p' }],
  ['V.2', 'POST /sessions/s-1/participants', [], addScheduledParticipant, { sid: 's-1' }],
  ['V.2', 'POST /sessions/s-1/participants', undefined, addScheduledParticipant, { sid: 's-1' }],
  ['V.2', 'GET /participants/p-1', undefined, getScheduledParticipant, { participantId: 'p-1' }],
  ['V.2', 'PUT /participants/p-1', { role: 'host', display_name: 'B', picture: null }, changeScheduledParticipant, { participantId: 'p-1', role: 'owner', name: 'B' }],
  ['V.11', 'DELETE /participants/p-1', undefined, removeScheduledParticipant, { participantId: 'p-1' }],
  ['V.13', 'GET /user/team', undefined, getOrg, {}],
  ['X.1', `GET /orgs/${ORG}/settings`, undefined, getOrgSettings, {}],
  ['X.1', `PATCH /orgs/${ORG}/settings`, { sessions: { maxDuration: 60, emptyTimeout: true, ownerGoneTimeout: null, more: 1 } }, changeOrgSettings, { sessions: { maxDuration: 60, emptyTimeout: true, ownerGoneTimeout: null } }],
  ['X.2', `GET /orgs/${ORG}/sessions/a%2Fb/settings`, undefined, getSessionSettings, { sid: 'a/b' }],
  ['X.7', `PATCH /orgs/${ORG}/sessions/room/settings`, { window: { from: 1793523600, until: null } }, changeSessionSettings, { sid: 'room', window: { from: at, until: null } }],
  ['R.1', `GET /orgs/${ORG}/sessions/room/participants?count=1&present=true`, undefined, listPresences, { page: 0, count: 1, sid: 'room', present: true }],
  ['R.2', `PATCH /orgs/${ORG}/sessions/room/entries/e-1`, { role: 'owner' }, changeRole, { sid: 'room', entryId: 'e-1', role: 'owner' }],
];

describe.each(routes)('%s: %s %j', (...[, target, body, contract, asked]) => {
  it('asks its service and answers 200 in JSON', async () => {
    const { status, headers } = await ask(target, body);
    expect([status, headers.get('content-type'), last()]).toEqual([200, 'application/json; charset=utf-8', { subject: contract.subject, request: asked }]);
  });

  it('E.2, E.3: needs an access token with the scope', async () => {
    expect([(await ask(target, body, 'forged')).status, (await ask(target, body, 'narrow')).status, gateway.services.asked]).toEqual([401, 403, []]);
  });
});

it.each<[string, string, unknown, [number, string]]>([
  ['V.3', 'POST /sessions', {}, [400, 'request.invalid']],
  ['V.3', 'POST /sessions', { start_time: at }, [400, 'request.invalid']],
  ['V.3', 'POST /sessions', undefined, [400, 'request.invalid']],
  ['V.3', 'POST /sessions', [1], [400, 'request.invalid']],
  ['V.7', 'POST /sessions', { ...dates, start_time: '2026-11-01' }, [400, 'request.invalid']],
  ['V.7', 'POST /sessions', { ...dates, start_time: 1793523600 }, [400, 'request.invalid']],
  ['V.2', 'POST /sessions', { ...dates, participants: [{ role: 'owner' }] }, [400, 'request.invalid']],
  ['V.2', 'POST /sessions', { ...dates, participants: 'Ann' }, [400, 'request.invalid']],
  ['V.2', 'POST /sessions', { ...dates, picture: 'x'.repeat(2049) }, [400, 'request.invalid']],
  ['V.2', 'POST /sessions', { ...dates, session_name: 'a\u0000b' }, [400, 'request.invalid']],
  ['V.2', 'POST /sessions', '{"start_time":', [400, 'request.json']],
  ['V.2', 'POST /sessions/s-1/participants', { state: '\ud800' }, [400, 'request.invalid']],
  ['V.2', 'POST /sessions/s-1/participants', { role: 'constructor' }, [400, 'request.invalid']],
  ['V.2', 'PUT /participants/p-1', { state: 'a\u0000' }, [400, 'request.invalid']],
  ['V.9', 'GET /sessions?page=-1', undefined, [400, 'request.invalid']],
  ['V.9', 'GET /sessions?page_size=0', undefined, [400, 'request.invalid']],
  ['V.9', 'GET /sessions?order=up', undefined, [400, 'request.invalid']],
  ['V.9', 'GET /sessions?include_canceled=maybe', undefined, [400, 'request.invalid']],
  ['V.9', 'GET /sessions?start_time=soon', undefined, [400, 'request.invalid']],
  ['V.9', 'GET /sessions?page=1&page=2', undefined, [400, 'request.invalid']],
  ['V.8', 'GET /sessions/%00', undefined, [404, 'session.not_found']],
  ['V.8', `GET /participants/${'x'.repeat(300)}`, undefined, [404, 'participant.not_found']],
  ['X.1', `PATCH /orgs/${ORG}/settings`, { sessions: { maxDuration: 0 } }, [400, 'request.invalid']],
  ['X.1', `PATCH /orgs/${ORG}/settings`, { sessions: { maxDuration: '60' } }, [400, 'request.invalid']],
  ['X.1', `PATCH /orgs/${ORG}/settings`, {}, [400, 'request.invalid']],
  ['X.7', `PATCH /orgs/${ORG}/sessions/room/settings`, { window: { from: 'soon' } }, [400, 'request.invalid']],
  ['X.1', 'GET /orgs/org-2/settings', undefined, [403, 'org.foreign']],
  ['R.1', `GET /orgs/${ORG}/sessions/room/participants?present=yes`, undefined, [400, 'request.invalid']],
  ['R.2', `PATCH /orgs/${ORG}/sessions/room/entries/e-1`, { role: 'HOST' }, [400, 'request.invalid']],
  ['E.6', 'POST /participants/p-1', {}, [405, 'route.method']],
  ['E.6', 'PATCH /sessions/s-1', {}, [405, 'route.method']],
])('%s: %s %j is refused', async (_rule, target, body, refusal) => {
  const answer = await ask(target, body);
  expect([[answer.status, answer.body.error.code], gateway.services.asked]).toEqual([refusal, []]);
});

it('V.2: writes sessions and participants as the SDKs read them', async () => {
  const answer = await ask('GET /sessions');
  const participants = [
    {
      ...{ participant_id: participant.participantId, session_id: 's-1', client_id: 'key-1', display_name: 'Ann', role: 'GUEST', picture: null, state: null },
      ...{ entry_url: participant.entryUrl, deleted_at: null, coviu_user_id: null },
    },
  ];
  const [start_time, end_time] = ['Sun, 01 Nov 2026 09:00:00 GMT', 'Sun, 01 Nov 2026 10:00:00 GMT'];
  expect(answer.body).toEqual({
    content: [{ session_id: 's-1', team_id: ORG, client_id: 'key-1', session_name: null, start_time, end_time, picture: null, participants, canceled_time: null, feature_flags: [] }],
    ...{ page: 0, page_size: 200, more: true },
  });
});

it('V.6: a cancelled session is 401', async () => {
  gateway.services.refuse(getScheduledSession, new AppError('unauthenticated', 'session.cancelled', 'The session was cancelled.'));
  const answer = await ask('GET /sessions/s-1');
  expect([answer.status, answer.body.error.code, answer.headers.has('www-authenticate')]).toEqual([401, 'session.cancelled', true]);
});

it('X.1, R.1: settings and stays are resources like all others', async () => {
  expect((await ask(`GET /orgs/${ORG}/sessions/room/settings`)).body).toEqual({
    content: { sessionId: 'room', orgId: ORG, sessions: settings, effective: orgSettings.effective, window: { from: 1793523600, until: null } },
    _links: { self: { href: `/v1/orgs/${ORG}/sessions/room/settings` }, org: { href: `/v1/orgs/${ORG}` }, session: { href: `/v1/orgs/${ORG}/sessions/room` } },
  });
  const stays = (await ask(`GET /orgs/${ORG}/sessions/room/participants?count=1&present=true`)).body as unknown as { content: object[]; _links: Record<string, { href: string }> };
  expect(stays.content[0]).toMatchObject({ content: { entryId: presence.entryId, sessionId: 'room', name: 'Ann', joined: 1793523600, left: null, present: true, how: null } });
  expect(stays._links['next']?.href).toBe(`/v1/orgs/${ORG}/sessions/room/participants?page=1&count=1&present=true&cursor=c`);
});
