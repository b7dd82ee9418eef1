import { createPrivateKey, createPublicKey, type JsonWebKey } from 'node:crypto';
import { AppError } from '@parley/dto';
import { newSigningKey, publicHalf } from '@parley/jwt';
import { uuidv7 } from '@parley/persistence';
import { compact, ecdsa, forgeries, headerMisissues, type Issuer, kindMisissues, takeApart, timeMisissues, withOtherS } from '@parley/testing';
import { EntryTokens } from './entry-tokens.js';
import { LinkTokens } from './link-tokens.js';

const ISSUER = 'https://parley.test';
const participantId = uuidv7();
const subject = { participantId, orgId: 'org-1', sid: 'session-1' };
const REFUSED = 'unauthenticated token.invalid';

const key = await newSigningKey();
/** One key ring for both kinds, without the database that it is kept in. */
const ring = { loadWithVersion: () => Promise.resolve({ keys: [key], version: '1' }), published: () => Promise.resolve([publicHalf(key)]) };
const links = new LinkTokens(ring, ISSUER);
const entries = new EntryTokens(ring, ISSUER);
const genuine = await (await links.signer()).sign(subject);
const parts = takeApart({ token: genuine, publicKey: createPublicKey({ key: publicHalf(key) as JsonWebKey, format: 'jwk' }) });
const issuer: Issuer = { header: parts.header, claims: parts.claims, sign: ecdsa(createPrivateKey({ key: key as JsonWebKey, format: 'jwk' })) };
/** The list of foreign kinds holds this one, for the sake of the others. */
const foreignKinds = kindMisissues.filter(({ name }) => !/"(link\+jwt|urn:parley:link)"/.test(name));

const verdict = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'accepted',
    (error: unknown) => (error instanceof AppError ? `${error.kind} ${error.code}` : `broke: ${String(error)}`),
  );

describe('V.10: the verifier of participants’ links', () => {
  it('accepts the link that the attacks begin with, and says whose it is and nothing more', async () => {
    expect(await links.verify(genuine)).toEqual(subject);
    expect(await verdict(links.verify(compact(issuer.header, issuer.claims, issuer.sign)))).toBe('accepted');
    expect(Object.keys(parts.claims).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'org_id', 'sid', 'sub']);
  });

  it.each(forgeries)('refuses a forgery: $name', async ({ forge }) => {
    expect(await verdict(links.verify(forge(parts)))).toBe(REFUSED);
  });

  it.each([...headerMisissues, ...foreignKinds, ...timeMisissues])('refuses a link signed with the right key, but with $name', async ({ issue }) => {
    expect(await verdict(links.verify(issue(issuer)))).toBe(REFUSED);
  });

  it.each([
    ['an entry token', { typ: 'entry+jwt' }, { aud: 'urn:parley:entry' }],
    ['an entry token that calls itself a link', {}, { aud: 'urn:parley:entry' }],
    ['a link that calls itself an entry token', { typ: 'entry+jwt' }, {}],
    ['a link of nobody', {}, { sub: 'key-1' }],
    ['a link to no session', {}, { sid: undefined }],
    ['a link to two sessions', {}, { sid: ['a', 'b'] }],
  ])('refuses another kind under the same key: %s', async (_kind, header, changes) => {
    expect(await verdict(links.verify(compact({ ...issuer.header, ...header }, { ...issuer.claims, ...changes }, issuer.sign)))).toBe(REFUSED);
  });

  it('a link is no entry token, though the same key signed it', async () => {
    expect(await verdict(entries.verify(genuine))).toBe(REFUSED);
  });

  it('hears the same from the other signature that ECDSA allows', async () => {
    expect(await links.verify(withOtherS(genuine))).toEqual(subject);
  });

  it('two links of one participant differ in nothing that is signed', async () => {
    const again = await (await links.signer()).sign(subject);
    expect(again.slice(0, again.lastIndexOf('.'))).toBe(genuine.slice(0, genuine.lastIndexOf('.')));
  });
});
