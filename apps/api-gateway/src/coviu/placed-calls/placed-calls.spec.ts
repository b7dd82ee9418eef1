import { AppError, getCall, getPlacedCall, inviteToCall, type PlacedCallDto, reportCallState, unavailable } from '@parley/dto';
import { send } from '../../testing/http.js';
import { ORG, startTestGateway, type TestGateway } from '../../testing/test-gateway.js';

const callId = '0192f3a1-0000-7000-8000-000000000003';
const times = { placedAt: '2026-11-01T09:00:00.000Z', answeredAt: null, expiresAt: '2026-11-01T13:00:00.000Z', endedAt: null };
const call: PlacedCallDto = { callId, orgId: ORG, userId: 'u-1', username: 'ada', clientId: 'app', number: '+47', state: 'queued', autoEnd: false, ...times, endReason: null, durationSeconds: 5 };
const over: PlacedCallDto = { ...call, state: 'completed', endedAt: '2026-11-01T09:01:00.000Z', endReason: 'bridge' };
const urls = { caller: 'https://p.example/v1/session/1', callee: 'https://p.example/v1/session/2' };

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());
beforeEach(() => {
  gateway.services.forget();
  gateway.services.refuse(getCall, new AppError('not_found', 'call.not_found', 'There is no such call.'));
  gateway.services.on(getPlacedCall, () => call);
  gateway.services.on(inviteToCall, () => urls);
});

const path = `/v1/orgs/${ORG}/calls/${callId}`;
const get = () => send(`${gateway.url}${path}`, { headers: { authorization: 'Bearer good' } });
const report = (body: object) => send(`${gateway.url}${path}/events`, { method: 'POST', headers: { authorization: 'Bearer good', 'content-type': 'application/json' }, body: JSON.stringify(body) });
const entryUrls = ({ body }: Awaited<ReturnType<typeof get>>) => (body.content.parties as { entry_url: string | null }[]).map(({ entry_url }) => entry_url);

describe('A placed call', () => {
  it('H1.1: is shown with its parties, and the link of each', async () => {
    const { status, body } = await get();

    expect([status, body.content]).toEqual([200, {
      ...{ callId, sessionId: `call:${callId}`, orgId: ORG, userId: 'u-1', username: 'ada', clientId: 'app', number: '+47', state: 'queued', ongoing: true, autoEnd: false },
      ...{ started: 1793523600, answered: null, ended: null, expires: 1793538000, durationSeconds: 5, endReason: null },
      parties: [{ party: 'caller', name: 'ada', role: 'owner', entry_url: urls.caller }, { party: 'callee', name: '+47', role: 'guest', entry_url: urls.callee }],
    }]);
    expect(body._links).toEqual({
      self: { href: path },
      org: { href: `/v1/orgs/${ORG}` },
      session: { href: `/v1/orgs/${ORG}/sessions/call%3A${callId}` },
      records: { href: `/v1/orgs/${ORG}/calls?sid=call%3A${callId}` },
      events: { href: `${path}/events` },
    });
  });

  it('H1.1: is shown without links while nobody can make them; no other failure is passed over', async () => {
    gateway.services.refuse(inviteToCall, unavailable('The session service'));
    expect(entryUrls(await get())).toEqual([null, null]);

    gateway.services.refuse(inviteToCall, new AppError('not_found', 'call.not_found', 'There is no such call.'));
    expect((await get()).status).toBe(404);
  });

  it('H1.1, H3.1: has no links once it is over, and nobody is asked for them', async () => {
    gateway.services.on(reportCallState, () => over);

    expect(entryUrls(await report({ state: 'completed' }))).toEqual([null, null]);
    expect(gateway.services.asked.map(({ subject }) => subject)).toEqual([reportCallState.subject]);
  });

  it.each([{}, { state: 'queued' }, { state: 'gone' }, { state: null }, { state: ['ringing'] }])('H3.1: %j is no report', async (body) => {
    expect((await report(body)).status).toBe(400);
    expect(gateway.services.asked).toEqual([]);
  });
});
