import { listUsage, reconcileUsage } from '@parley/dto';
import { send } from '../../testing/http.js';
import { ORG, startTestGateway, type TestGateway } from '../../testing/test-gateway.js';

const SUBSCRIPTION = '0192f3a0-7b6c-7c3a-9d5e-2f1a6b7c8d9e';
const USAGE = `/v1/orgs/${ORG}/usage`;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());
beforeEach(() => gateway.services.forget());

const get = (query: string, path = USAGE) => send(`${gateway.url}${path}${query}`, { headers: { authorization: 'Bearer good' } });
const items = <T>(...given: T[]) => ({ items: given, page: 0, count: 200 });

describe('Usage', () => {
  it('U.1: is a page of sums, with what they are grouped by, and where to go on', async () => {
    const [one, none] = [{ subscriptionId: SUBSCRIPTION, ref: 'dr-grey', month: '2026-11', participantSeconds: 60 }, { subscriptionId: null, ref: null, month: '2026-11', participantSeconds: 5 }];
    gateway.services.on(listUsage, () => ({ ...items(...[one, none].map((sum) => ({ orgId: ORG, ...sum }))), next: { page: 1, cursor: 'c' } }));

    const links = { org: { href: `/v1/orgs/${ORG}` } };
    const query = 'count=200&from=0&to=86400&group_by=subscription%2Cmonth';
    expect((await get('?to=86400&from=0')).body).toEqual({
      content: [
        { content: one, _links: { ...links, subscription: { href: `/v1/orgs/${ORG}/subscriptions/${SUBSCRIPTION}` } } },
        { content: none, _links: links },
      ],
      _links: { self: { href: `${USAGE}?page=0&${query}` }, next: { href: `${USAGE}?page=1&${query}&cursor=c` }, ...links, reconcile: { href: `${USAGE}/reconcile` } },
    });
  });

  it('U.3: tells nothing of what it is not grouped by', async () => {
    gateway.services.on(listUsage, () => items({ orgId: ORG, day: '2026-11-01', participantSeconds: 60 }));

    expect((await get('?group_by=day')).body.content).toEqual([{ content: { day: '2026-11-01', participantSeconds: 60 }, _links: { org: { href: `/v1/orgs/${ORG}` } } }]);
  });

  it('U.6: is compared with the records', async () => {
    const content = { recorded: 60, booked: 61, differences: [{ subscriptionId: null, month: '2026-11', recorded: 60, booked: 61 }] };
    gateway.services.on(reconcileUsage, () => content);

    expect((await get('?from=86400', `${USAGE}/reconcile`)).body).toEqual({
      content,
      _links: { self: { href: `${USAGE}/reconcile?from=86400` }, org: { href: `/v1/orgs/${ORG}` }, usage: { href: USAGE } },
    });
  });

  const badDays = ['from=', 'from=1', 'from=-86400', 'from=2026-11-01', 'from=86400.0', 'from=1e5', 'to=86401', 'to=253402300800', 'to=9999999999999999', 'from=0&from=86400', 'to=%20'];
  const badGroups = ['', 'week', 'Month', 'month,day', 'subscription,month,day', 'month,month', 'subscription,', ' month', 'month&group_by=day', 'month%00'];
  it.each([...badDays, ...badGroups.map((group) => `group_by=${group}`), 'count=0', 'page=-1'])('U.1, U.3: %s is 400', async (query) => {
    const answer = await get(`?${query}`);

    expect([answer.status, answer.body.error.code, gateway.services.asked]).toEqual([400, 'request.invalid', []]);
    expect(answer.body.error['faults']).toEqual([{ path: query.split('=')[0], message: expect.stringMatching(/^\S.{5,}/) }]);
  });

  it.each(badDays)('U.6: %s is 400 for the comparison, too', async (query) => {
    expect((await get(`?${query}`, `${USAGE}/reconcile`)).status).toBe(400);
  });
});
