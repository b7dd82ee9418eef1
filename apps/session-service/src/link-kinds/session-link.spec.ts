import type { LinkClaims } from './link-claims.js';
import { personOf, SessionLink } from './session-link.js';

const guest: LinkClaims = { iss: 'key-1', un: 'Ann', ref: 'dr-grey', sid: 'room-1', rle: 'guest' };

test.each([
  [{ sub: 'u1', email: 'ann@example.org' }, { person: 'sub:u1', identities: ['sub:u1', 'email:ann@example.org'], knownByNameOnly: false }],
  [{ email: 'ann@example.org' }, { person: 'email:ann@example.org', identities: ['email:ann@example.org'], knownByNameOnly: false }],
  [{}, { person: 'name:Ann', identities: ['name:Ann'], knownByNameOnly: true }],
])('a person is known by sub, else by address, else by name: %o', (claims, person) => {
  expect(personOf({ ...guest, ...claims })).toEqual(person);
});

test('a name can’t pass for a sub', () => {
  expect(personOf({ ...guest, un: 'sub:u1' }).person).toBe('name:sub:u1');
});

test('a link is remembered by what was signed, not by the spelling of its signature', () => {
  const verified = { orgId: 'org-1', clientId: 'key-1', active: true, secret: 'newest' as const, claims: guest };
  const hashes = ['h.p.AAAA', 'h.p.AAAB', 'h.q.AAAA'].map((text) => new SessionLink(text, verified).toAsked().hash);
  expect(hashes[1]).toBe(hashes[0]);
  expect(hashes[2]).not.toBe(hashes[0]);
});
