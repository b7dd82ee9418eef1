import { standingOf } from '../schedule/standing.js';
import { linkExpired } from './admission.errors.js';
import type { Asked, Facts } from './asked.js';
import {
  clientActive,
  firstRefusal,
  type Judged,
  needsOwnSeat,
  notBanned,
  notExpired,
  notRevoked,
  notTooEarly,
  type Rule,
  rules,
  seatLeft,
  subscriptionActive,
  subscriptionFree,
} from './rules.js';

const now = 1_800_000_000;
const at = (seconds: number) => new Date(seconds * 1000);

const asked: Asked = {
  ...{ orgId: 'org-1', sid: 'room-1', clientId: 'key-1', active: true, ref: 'dr-grey', name: 'Ann', role: 'guest', person: 'name:Ann', knownByNameOnly: true },
  ...{ identities: ['name:Ann'], capacity: 5, issuedAt: now, notBefore: undefined, expiresAt: undefined, hash: 'h' },
};
const facts: Facts = {
  ...{ now: at(now), session: undefined, subscriptionId: 's1', validFrom: null, firstUse: null, seats: 0, hasSeat: false, entriesOfPerson: 0 },
  ...{ standing: standingOf({ settings: null, plan: null, invitation: null }), banned: false, bannedUntil: null, seatFreeAt: null },
  ...{ lapsed: 0, elsewhere: 0, elsewhereUntil: null, lapsedElsewhere: [] },
};
const judged = (askedToo: Partial<Asked> = {}, factsToo: Partial<Facts> = {}, end: Date | null = null): Judged => ({
  asked: { ...asked, ...askedToo },
  facts: { ...facts, ...factsToo },
  end,
});
const codeOf = (rule: Rule, ...of: Parameters<typeof judged>) => rule.judge(judged(...of))?.code;

test.each([
  [true, undefined],
  [false, 'link.revoked'],
])('AD.3: a client and org that are active: %p', (active, code) => {
  expect(codeOf(clientActive, { active })).toBe(code);
});

test.each([
  ['nobody', {}, undefined, undefined],
  ['somebody for good', { banned: true }, 'link.revoked', undefined],
  ['somebody for a time', { banned: true, bannedUntil: at(now + 60) }, 'link.revoked', { retryAt: at(now + 60).toISOString() }],
])('AD.3: a ban of %s', (_, factsToo, code, details) => {
  expect(codeOf(notBanned, {}, factsToo)).toBe(code);
  expect(notBanned.judge(judged({}, factsToo))?.details).toEqual(details);
});

test.each([
  ['a link where nothing was revoked', {}, {}, undefined],
  ['a link that was revoked itself, whenever it was signed', { issuedAt: now + 1e6 }, { validFrom: Infinity }, 'link.revoked'],
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
  expect(notTooEarly.judge(judged({ notBefore: now + 120 }))?.details).toEqual({ retryAt: at(now + 60).toISOString() });
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

test('AD.5: a limit that is reached is told, with what there is and when there may be room', () => {
  expect(seatLeft.judge(judged({}, { seats: 5, seatFreeAt: at(now + 9) }))?.details).toEqual({ limit: 5, current: 5, retryAt: at(now + 9).toISOString() });
  expect(subscriptionFree.judge(judged({}, { elsewhere: 2, elsewhereUntil: at(now + 9) }))?.details).toEqual({ limit: 1, current: 1, retryAt: at(now + 9).toISOString() });
  expect(codeOf(seatLeft, { capacity: 2 }, { seats: 2 })).toBe('session.full');
});

test('AD.2: rules are judged in the order of the contract, under names that stay', () => {
  expect(rules.map(({ name }) => name)).toEqual([
    ...['client-active', 'not-banned', 'not-revoked', 'still-planned', 'not-expired', 'not-too-early'],
    ...['subscription-active', 'subscription-free', 'seat-left'],
  ]);
});

test('AD.2: the first refusal is the answer', () => {
  const everythingWrong = judged({ notBefore: now + 1000 }, { subscriptionId: null, elsewhere: 1, seats: 5 }, at(now - 1));
  expect(firstRefusal(everythingWrong)).toEqual({ rule: notExpired, refusal: linkExpired() });
});

test.each(rules.map((rule) => [rule.name, rule] as const))('AD.6: %s says in a sentence what it looked at', (_, { detail }) => {
  const both = [judged(), judged({ active: false, notBefore: now + 1000 }, { banned: true, validFrom: now + 1, subscriptionId: null, elsewhere: 1, seats: 5 }, at(now))];
  for (const each of both) expect(detail(each)).toMatch(/^\S.*\.$/);
});
