import { AppError, exchangeOpaqueToken, listPlacedCalls, type PlacedCallDto, unavailable } from '@parley/dto';
import { eventually, notYet } from '@parley/testing';
import { startTestGateway, type TestGateway } from '../testing/test-gateway.js';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());
beforeEach(() => gateway.services.forget());

const admin = 'eyJhbGciOiJFUzI1NiJ9.e30.admin';
const call = (number: string, username = 'ada'): PlacedCallDto => ({
  ...{ callId: '0192f3a1-0000-7000-8000-000000000003', orgId: 'o', userId: 'u', username, clientId: 'c', number, state: 'completed', autoEnd: false },
  ...{ placedAt: '2026-11-01T09:00:00.700Z', answeredAt: null, expiresAt: '2026-11-01T13:00:00.000Z', endedAt: '2026-11-01T09:01:00.000Z', endReason: 'stopped', durationSeconds: 60 },
});
const asks = (): number => gateway.services.asked.filter(({ subject }) => subject === listPlacedCalls.subject).length;
const ask = (query: string, options: RequestInit = {}, token = admin) =>
  fetch(`${gateway.url}/admin/v1/calls${query}`, { ...options, headers: { authorization: `Bearer ${token}`, ...(options.headers as Record<string, string>) } });

/** So many pages of one call each. */
function pages(count: number): void {
  gateway.services.on(listPlacedCalls, ({ after = '0' }) => ({ items: [call(after)], next: Number(after) + 1 < count ? String(Number(after) + 1) : null }));
}

describe('an export of calls', () => {
  it('goes on to the last page, and is one text', async () => {
    pages(25);

    const lines = (await (await ask('?format=csv')).text()).split('\r\n');
    expect(lines).toHaveLength(27);
    expect(lines[25]).toBe('0192f3a1-0000-7000-8000-000000000003,o,u,ada,c,24,ended,1793523600,1793523660,60,stopped');
    expect((await (await ask('?format=ndjson')).text()).trim().split('\n')).toHaveLength(25);
    expect(gateway.services.asked[0]?.request).toMatchObject({ limit: 1000 });
  });

  it.each([
    ['text/csv', 'text/csv; charset=utf-8; header=present'],
    ['application/x-ndjson', 'application/x-ndjson; charset=utf-8'],
    ['text/csv, application/json', 'application/json; charset=utf-8'],
    ['*/*', 'application/json; charset=utf-8'],
    ['application/json;q=0.1, text/csv;q=0.2', 'text/csv; charset=utf-8; header=present'],
  ])('is asked for by Accept: %s', async (accept, type) => {
    pages(1);

    expect((await ask('', { headers: { accept } })).headers.get('content-type')).toBe(type);
  });

  it.each([
    ['=1+1', `'=1+1`],
    ['+47', `'+47`],
    ['-1', `'-1`],
    ['@a', `'@a`],
    ['1+1', '1+1'],
    ['a,b', '"a,b"'],
    ['"', '""""'],
    ['=","', `"'="","""`],
  ])('holds no formula and no broken field: %s', async (number, field) => {
    gateway.services.on(listPlacedCalls, () => ({ items: [call(number)], next: null }));

    expect((await (await ask('?format=csv')).text()).split('\r\n')[1]).toContain(`,c,${field},ended,`);
  });

  it('reads one page at a time, as fast as it is taken, and none more once nobody takes it', async () => {
    gateway.services.on(listPlacedCalls, ({ after = '0' }) => ({ items: Array.from({ length: 1000 }, () => call('1'.repeat(20), 'n'.repeat(250))), next: String(Number(after) + 1) }));
    const aborted = new AbortController();
    const response = await ask('?format=ndjson', { signal: aborted.signal });
    await response.body?.getReader().read();

    const taken = await eventually(async () => {
      const before = asks();
      await new Promise((resolve) => setTimeout(resolve, 300));
      return asks() === before ? before : notYet('it goes on');
    });
    expect(taken).toBeLessThan(60);
    aborted.abort();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(asks()).toBeLessThanOrEqual(taken + 1);
  });

  it('that fails on the way ends before its end; one that fails at once is told as ever', async () => {
    gateway.services.on(listPlacedCalls, ({ after }) => {
      if (after !== undefined) throw unavailable('The call service');
      return { items: [call('1')], next: '1' };
    });
    await expect(ask('?format=csv').then((response) => response.text())).rejects.toThrow();

    gateway.services.refuse(listPlacedCalls, new AppError('not_found', 'org.not_found', 'There is no such organisation.'));
    expect((await ask('?format=csv&org=x')).status).toBe(404);
  });

  it('with an opaque token is let in anew at every page', async () => {
    gateway.services.on(exchangeOpaqueToken, () => ({ accessToken: admin, expiresIn: 60 }));
    gateway.services.on(listPlacedCalls, ({ after }) => {
      if (after === undefined) gateway.services.on(exchangeOpaqueToken, () => ({ accessToken: 'eyJhbGciOiJFUzI1NiJ9.e30.forged', expiresIn: 60 }));
      return { items: [call('1')], next: after === undefined ? '1' : null };
    });
    const slow = gateway.services.call.bind(gateway.services);
    gateway.services.call = async (contract, request) => {
      const answer = await slow(contract, request);
      if (contract.subject === listPlacedCalls.subject) await new Promise((resolve) => setTimeout(resolve, 850)); // so long an exchanged token is remembered
      return answer;
    };

    await expect(ask('?format=csv', {}, 'operator-token').then((response) => response.text())).rejects.toThrow();
    gateway.services.call = slow;
    expect(asks()).toBe(1);
  });

  it('is not made for who wants its head only', async () => {
    pages(5);

    expect((await ask('?format=csv', { method: 'HEAD' })).status).toBe(200);
    expect(asks()).toBe(1);
  });
});
