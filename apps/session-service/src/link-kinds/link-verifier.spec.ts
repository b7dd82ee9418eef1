import { internal, MAX_LINKS_AT_ONCE, unavailable, type VerifiedLink } from '@parley/dto';
import { currentRequest, withRequest } from '@parley/platform';
import type { RpcClient } from '@parley/rpc';
import { LinkVerifier } from './link-verifier.js';

const verifiedAs = (clientId: string): VerifiedLink => ({ orgId: 'org', clientId, active: true, secret: 'newest', claims: {} });

/** Takes links that begin with "good". */
function answering() {
  const asked: string[][] = [];
  const deadlines: (number | undefined)[] = [];
  const call = (_contract: unknown, { links }: { links: string[] }) => {
    asked.push(links);
    deadlines.push(currentRequest()?.deadline);
    if (links.includes('broken')) return Promise.reject(internal());
    if (links.includes('away')) return Promise.reject(unavailable('The auth service'));
    return Promise.resolve({ verified: links.map((link) => (link.startsWith('good') ? verifiedAs(link) : null)) });
  };
  return { asked, deadlines, verifier: new LinkVerifier({ call } as unknown as RpcClient) };
}

const outcomes = async (verifying: Promise<VerifiedLink>[]) =>
  (await Promise.allSettled(verifying)).map((each) => (each.status === 'fulfilled' ? each.value.clientId : (each.reason as { code: string }).code));

test('links that come together are verified by one request, and each gets its own answer', async () => {
  const { asked, verifier } = answering();
  expect(await outcomes(['good 1', 'bad', 'good 2'].map((link) => verifier.verify(link)))).toEqual(['good 1', 'link.invalid', 'good 2']);
  expect(await outcomes([verifier.verify('good 3')])).toEqual(['good 3']);
  expect(asked).toEqual([['good 1', 'bad', 'good 2'], ['good 3']]);
});

test('of too many the rest goes in a second request, which does not share the failure of the first', async () => {
  const { asked, verifier } = answering();
  const links = ['away', ...Array.from({ length: MAX_LINKS_AT_ONCE }, (_, n) => `good ${n}`)];
  const told = await outcomes(links.map((link) => verifier.verify(link)));
  expect(asked.map(({ length }) => length)).toEqual([MAX_LINKS_AT_ONCE, 1]);
  expect(told).toEqual([...Array.from({ length: MAX_LINKS_AT_ONCE }, () => 'unavailable'), `good ${MAX_LINKS_AT_ONCE - 1}`]);
});

test('one that nobody can verify is a failure of its own and of no other', async () => {
  const { asked, verifier } = answering();
  expect(await outcomes(['good 1', 'broken', 'bad'].map((link) => verifier.verify(link)))).toEqual(['good 1', 'internal', 'link.invalid']);
  expect(asked).toHaveLength(4);
});

test('a request for several lasts as long as any of those who wait for it', async () => {
  const { deadlines, verifier } = answering();
  const within = (deadline: number) => withRequest({ requestId: `r${deadline}`, deadline }, () => verifier.verify('good'));
  await Promise.all([within(5), within(9), within(7)]);
  expect(deadlines).toEqual([9]);
});

test('a link that is too long is not sent', async () => {
  const { asked, verifier } = answering();
  expect(await outcomes([verifier.verify('x'.repeat(8193)), verifier.verify('ü'.repeat(4097))])).toEqual(['link.invalid', 'link.invalid']);
  expect(asked).toEqual([]);
});
