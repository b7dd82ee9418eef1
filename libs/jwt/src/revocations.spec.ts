import { jest } from '@jest/globals';
import { AppError, type ReplyOf, type Revocation, type listRevocations } from '@parley/dto';
import { AccessTokenVerifier } from './access-token.js';
import { KeySet } from './key-set.js';
import { hashOfJti, Revocations } from './revocations.js';
import { Es256Signer, newSigningKey, publicHalf } from './sign.js';

type Page = ReplyOf<typeof listRevocations>;

const seconds = (ahead = 0): number => Math.floor(Date.now() / 1000) + ahead;
const instant = (ahead = 0): string => new Date(Date.now() + ahead * 1000).toISOString();
const page = (revocations: Revocation[] = [], next?: number): Page => ({ asOf: '2030-01-01T00:00:00.000Z', revocations, ...(next === undefined ? {} : { next }) });
const revocation = (kind: Revocation['kind'], key: string, changes: Partial<Revocation> = {}): Revocation => ({ kind, key, at: instant(), expiresAt: instant(60), ...changes });
const token = { jti: 'j1', clientId: 'client-1', orgId: 'org-1', subject: 'user-1', issuedAt: seconds(-10) };
const away = () => Promise.reject(new AppError('unavailable', 'unavailable', 'away'));

describe('The revocations', () => {
  let answer: (request: { since?: string; after?: number }) => Promise<Page>;
  let asked: { since?: string; after?: number }[];
  let revocations: Revocations;

  beforeEach(() => {
    asked = [];
    answer = () => Promise.resolve(page());
    revocations = new Revocations((request) => {
      asked.push(request);
      return answer(request);
    });
  });
  afterEach(() => void jest.useRealTimers());
  const inFakeTime = (): Revocations => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    return new Revocations(() => answer({}));
  };

  it.each<[Revocation['kind'], string]>([
    ['token', hashOfJti('j1')],
    ['client', 'client-1'],
    ['org', 'org-1'],
    ['user', 'user-1'],
  ])('cover a token by its %s', async (kind, key) => {
    expect(await revocations.covers(token)).toBe(false);
    revocations.add([revocation(kind, key)]);
    expect(await revocations.covers(token)).toBe(true);
  });

  it.each<[Revocation['kind'], string]>([['token', 'j1'], ['client', 'org-1'], ['org', 'user-1'], ['user', 'client-1'], ['client', 'client-2']])(
    'do not cover it by what is none of its: %s %s',
    async (kind, key) => {
      revocations.add([revocation(kind, key)]);
      expect(await revocations.covers(token)).toBe(false);
    },
  );

  it.each(['client', 'org', 'user'] as const)('of a %s cover tokens up to their moment, and none that were issued later', async (kind) => {
    const at = '2026-05-05T10:00:00.400Z';
    const second = Date.parse('2026-05-05T10:00:00.000Z') / 1000;
    revocations.add([revocation(kind, { client: 'client-1', org: 'org-1', user: 'user-1' }[kind], { at })]);
    expect(await revocations.covers({ ...token, issuedAt: second - 1 })).toBe(true);
    expect(await revocations.covers({ ...token, issuedAt: second })).toBe(true);
    expect(await revocations.covers({ ...token, issuedAt: second + 1 })).toBe(false);
  });

  it('are not weakened by an older one that comes late', async () => {
    revocations.add([revocation('client', 'client-1'), revocation('client', 'client-1', { at: instant(-3600) })]);
    expect(await revocations.covers(token)).toBe(true);
  });

  it('are all known, page by page, before any token is judged', async () => {
    answer = ({ after }) => Promise.resolve(after === undefined ? page([revocation('org', 'other')], 7) : page([revocation('client', 'client-1')]));
    expect(await revocations.covers(token)).toBe(true);
    expect(asked).toEqual([{ since: undefined }, { since: undefined, after: 7 }]);
  });

  it('are asked for from the last answer on', async () => {
    await revocations.refresh();
    await revocations.refresh();
    expect(asked).toEqual([{ since: undefined }, { since: '2030-01-01T00:00:00.000Z' }]);
  });

  it('are asked for again from the same answer on, when a later page did not come', async () => {
    await revocations.refresh();
    answer = ({ after }) => (after === undefined ? Promise.resolve({ ...page([], 7), asOf: '2031-01-01T00:00:00.000Z' }) : away());
    await expect(revocations.refresh()).rejects.toMatchObject({ kind: 'unavailable' });
    answer = () => Promise.resolve(page());
    await revocations.refresh();
    expect(asked.at(-1)).toEqual({ since: '2030-01-01T00:00:00.000Z' });
  });

  it('let nothing pass before they were known once', async () => {
    answer = away;
    await expect(revocations.covers(token)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(() => revocations.assertCurrent()).toThrow(expect.objectContaining({ kind: 'unavailable' }));
  });

  it('are good for 60 s after the last answer, and then nothing passes until the next one', async () => {
    const revocations = inFakeTime();
    await revocations.refresh();
    jest.advanceTimersByTime(59_000);
    expect(await revocations.covers(token)).toBe(false);
    jest.advanceTimersByTime(2_000);
    await expect(revocations.covers(token)).rejects.toMatchObject({ kind: 'unavailable', code: 'unavailable' });
    await revocations.refresh();
    expect(await revocations.covers(token)).toBe(false);
  });

  it('are thrown away when their tokens are over, so that they do not pile up', async () => {
    const revocations = inFakeTime();
    await revocations.refresh();
    revocations.add(Array.from({ length: 1000 }, (_, n) => revocation('token', `hash-${n}`, { expiresAt: instant(30) })));
    expect(revocations.size).toBe(1000);
    jest.advanceTimersByTime(31_000);
    revocations.add([revocation('token', 'another')]);
    expect(revocations.size).toBe(1);
  });
});

describe('More revocations than a gateway can keep', () => {
  it('let nothing pass', async () => {
    const revocations = new Revocations(() => Promise.resolve(page()));
    const one = revocation('token', '');
    revocations.add(Array.from({ length: 500_000 }, (_, n) => ({ ...one, key: String(n) })));
    expect(await revocations.covers(token)).toBe(false);
    revocations.add([{ ...one, key: 'one more' }]);
    await expect(revocations.covers(token)).rejects.toMatchObject({ kind: 'unavailable' });
  });
});

describe('A verified token', () => {
  it('is refused from the moment it is revoked on, although it is remembered', async () => {
    const key = await newSigningKey();
    const revocations = new Revocations(() => Promise.resolve(page()));
    const verifier = new AccessTokenVerifier(new KeySet(() => Promise.resolve({ issuer: 'i', keys: [publicHalf(key)] })), revocations);
    const claims = { iss: 'i', aud: 'urn:parley:api', sub: 's', client_id: 'c', org_id: 'o', jti: 'j', iat: seconds(), exp: seconds(60) };
    const jwt = await (await Es256Signer.of(key, 'at+jwt')).sign(claims);
    await verifier.verify(jwt);
    await verifier.verify(jwt);

    revocations.add([revocation('token', hashOfJti('j'))]);

    await expect(verifier.verify(jwt)).rejects.toMatchObject({ kind: 'unauthenticated', code: 'token.invalid' });
  });
});
