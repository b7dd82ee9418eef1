import { linkExpired } from './admission.errors.js';
import type { Asked, Facts } from './asked.js';
import { firstRefusal, type Judged, needsOwnSeat, notExpired, notRevoked, notTooEarly, rules, seatLeft, subscriptionActive, subscriptionFree } from './rules.js';

const now = 1_800_000_000;
const at = (seconds: number) => new Date(seconds * 1000);

const asked: Asked = {
  ...{ orgId: 'org-1', sid: 'room-1', clientId: 'key-1', active: true, ref: 'dr-grey', name: 'Ann', role: 'guest', person: 'name:Ann', knownByNameOnly: true },
  ...{ issuedAt: now, notBefore: undefined, expiresAt: undefined, hash: 'h' },
};
const facts: Facts = {
  ...{ now: at(now), session: undefined, subscriptionId: 's1', validFrom: null, firstUse: null, seats: 0, hasSeat: false, entriesOfPerson: 0 },
  ...{ lapsed: 0, elsewhere: 0, lapsedElsewhere: [] },
};
const judged = (askedToo: Partial<Asked> = {}, factsToo: Partial<Facts> = {}, end: Date | null = null): Judged => ({
  asked: { ...asked, ...askedToo },
  facts: { ...facts, ...factsToo },
  end,
});
const codeOf = (rule: (typeof rules)[number], ...of: Parameters<typeof judged>) => rule(judged(...of))?.code;

test.each([
  ['a client in good standing', {}, {}, undefined],
  ['a disabled client or org', { active: false }, {}, 'link.revoked'],
  ['a link signed before the moment', { issuedAt: now - 1 }, { validFrom: now }, 'link.revoked'],
  ['a link signed in the same second, as far as one can tell before', { issuedAt: now }, { validFrom: now + 0.4 }, 'link.revoked'],
  ['a link signed at the moment', { issuedAt: now }, { validFrom: now }, undefined],
  ['a link that does not tell when it was signed', { issuedAt: undefined }, { validFrom: now }, 'link.revoked'],
  ['such a link where nothing was revoked', { issuedAt: undefined }, {}, undefined],
])('revocation: %s', (_, askedToo, factsToo, code) => {
  expect(codeOf(notRevoked, askedToo, factsToo)).toBe(code);
});

test.each([
  [null, undefined],
  [at(now + 1), undefined],
  [at(now), 'link.expired'],
  [at(now - 1), 'link.expired'],
])('a link that ends at %p', (end, code) => {
  expect(codeOf(notExpired, {}, {}, end)).toBe(code);
});

test.each([
  [undefined, undefined],
  [now + 60, undefined],
  [now + 61, 'link.not_yet_valid'],
])('a link that begins at %p', (notBefore, code) => {
  expect(codeOf(notTooEarly, { notBefore })).toBe(code);
});

test('who is early is told when to come back', () => {
  expect(notTooEarly(judged({ notBefore: now + 120 }))?.details).toEqual({ retryAt: at(now + 60).toISOString() });
});

test.each([
  ['dr-grey', 's1', undefined],
  ['dr-grey', null, 'subscription.inactive'],
  [null, null, undefined],
])('ref %p with the open door of %p', (ref, subscriptionId, code) => {
  expect(codeOf(subscriptionActive, { ref }, { subscriptionId })).toBe(code);
});

test.each([
  [0, undefined],
  [1, 'subscription.busy'],
])('a subscription with %i entries elsewhere', (elsewhere, code) => {
  expect(codeOf(subscriptionFree, {}, { elsewhere })).toBe(code);
});

test.each([
  [4, false, 0, undefined],
  [5, false, 0, 'session.full'],
  [5, true, 1, undefined],
  [5, true, 2, undefined],
  [5, true, 3, 'session.full'],
  [4, true, 3, undefined],
])('with %i seats taken, own seat %p and %i entries of the name', (seats, hasSeat, entriesOfPerson, code) => {
  expect(codeOf(seatLeft, {}, { seats, hasSeat, entriesOfPerson })).toBe(code);
});

test('who is known by more than a name shares a seat any number of times', () => {
  expect(codeOf(seatLeft, { knownByNameOnly: false }, { seats: 5, hasSeat: true, entriesOfPerson: 40 })).toBeUndefined();
});

test.each([
  [2, false],
  [3, true],
])('with %i entries of a name the next one needs a seat of its own: %p', (entriesOfPerson, own) => {
  expect(needsOwnSeat(judged({}, { entriesOfPerson }))).toBe(own);
});

test('a full session tells its limit', () => {
  expect(seatLeft(judged({}, { seats: 5 }))?.details).toEqual({ limit: 5, current: 5 });
});

test('refusals are judged in the order of the contract', () => {
  expect(rules).toEqual([notRevoked, notExpired, notTooEarly, subscriptionActive, subscriptionFree, seatLeft]);
});

test('the first refusal is the answer', () => {
  const everythingWrong = judged({ notBefore: now + 1000 }, { subscriptionId: null, elsewhere: 1, seats: 5 }, at(now - 1));
  expect(firstRefusal(everythingWrong)).toEqual({ rule: notExpired, refusal: linkExpired() });
});
