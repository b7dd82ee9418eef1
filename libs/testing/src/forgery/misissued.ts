import { deflateRawSync } from 'node:zlib';
import { compact, type Json, part, respelled, type Sign } from './jws.js';

/** How tokens of one kind are made, with the right key. */
export interface Issuer {
  header: Json;
  claims: Json;
  sign: Sign;
}

/** A token that is rightly signed and must be refused all the same: what it asks for can't be understood in two ways. */
export interface Misissue {
  name: string;
  issue(issuer: Issuer): string;
}

const withHeader = (name: string, changes: Json): Misissue => ({ name: `a header with ${name}`, issue: ({ header, claims, sign }) => compact({ ...header, ...changes }, claims, sign) });
const withText = (name: string, texts: (issuer: Issuer) => { header?: string; claims?: string | Buffer }): Misissue => ({
  name,
  issue: (issuer) => {
    const { header = JSON.stringify(issuer.header), claims = JSON.stringify(issuer.claims) } = texts(issuer);
    return compact(header, claims, issuer.sign);
  },
});
/** Rightly signed, in other unused bits than an encoder writes. */
const respelledPart = (value: Json): string => {
  const text = JSON.stringify(value);
  return respelled(part(Buffer.byteLength(text) % 3 === 0 ? `${text} ` : text));
};
const withSpelling = (name: string, parts: (issuer: Issuer) => [header: string, claims: string]): Misissue => ({
  name,
  issue: (issuer) => {
    const input = parts(issuer).join('.');
    return `${input}.${issuer.sign(input).toString('base64url')}`;
  },
});
const reopened = (json: Json): string => JSON.stringify(json).slice(0, -1);

/** Header parameters by which whoever writes the token would choose key or rules himself. */
export const headerMisissues: readonly Misissue[] = [
  withHeader('crit of something unknown', { crit: ['x'], x: 1 }),
  withHeader('crit of something that is not there', { crit: ['x'] }),
  withHeader('crit of exp', { crit: ['exp'], exp: 4_102_444_800 }),
  withHeader('crit of alg', { crit: ['alg'] }),
  withHeader('crit of nothing', { crit: [] }),
  withHeader('crit that is null', { crit: null }),
  withHeader('crit that is text', { crit: 'x' }),
  withHeader('crit that is a number', { crit: [1] }),
  withHeader('crit of b64', { crit: ['b64'], b64: true }),
  withHeader('crit of b64 twice', { crit: ['b64', 'b64'], b64: true }),
  withHeader('b64 false', { crit: ['b64'], b64: false }),
  withHeader('b64 false that is not critical', { b64: false }),
  withHeader('zip over what is not compressed', { zip: 'DEF' }),
  withHeader('jwk', { jwk: { kty: 'oct', k: 'AAAA' } }),
  withHeader('jku', { jku: 'https://evil.test/jwks' }),
  withHeader('x5u', { x5u: 'https://evil.test/cert' }),
  withHeader('x5c', { x5c: ['AAAA'] }),
  withHeader('alg in small letters', { alg: 'hs256' }),
  withHeader('alg in a list', { alg: ['HS256', 'ES256'] }),
  withHeader('no alg', { alg: undefined }),
  {
    name: 'a payload that is not encoded (b64 false)',
    issue: ({ header, claims, sign }) => {
      const input = `${part({ ...header, crit: ['b64'], b64: false })}.${JSON.stringify({ ...claims, un: 'x' })}`;
      return `${input}.${sign(input).toString('base64url')}`;
    },
  },
  withText('a payload that is compressed', ({ header, claims }) => ({ header: JSON.stringify({ ...header, zip: 'DEF' }), claims: deflateRawSync(JSON.stringify(claims)) })),
  withText('a token in a token (cty JWT)', (issuer) => ({ header: JSON.stringify({ ...issuer.header, cty: 'JWT' }), claims: compact(issuer.header, issuer.claims, issuer.sign) })),
  withSpelling('a header that ends in other unused bits', ({ header, claims }) => [respelledPart(header), part(claims)]),
  withSpelling('claims that end in other unused bits', ({ header, claims }) => [part(header), respelledPart(claims)]),
  withSpelling('padding after its header', ({ header, claims }) => [`${part(header)}=`, part(claims)]),
  withSpelling('padding after its claims', ({ header, claims }) => [part(header), `${part(claims)}=`]),
  withSpelling('a line break in its claims', ({ header, claims }) => [part(header), `${part(claims).slice(0, 8)}\n${part(claims).slice(8)}`]),
  withSpelling('claims in base64 with padding', ({ header, claims }) => [part(header), Buffer.from(JSON.stringify({ ...claims, un: '???>>>' })).toString('base64')]),
  withText('alg twice, none at last', ({ header }) => ({ header: `${reopened(header)},"alg":"none"}` })),
  withText('alg twice, the other spelled with escapes', ({ header }) => ({ header: `${reopened(header)},"\\u0061lg":"none"}` })),
  withText('alg of the prototype', ({ header }) => ({ header: `${reopened({ ...header, alg: undefined })},"__proto__":{"alg":${JSON.stringify(header['alg'])}}}` })),
  withText('a header that goes on after its end', ({ header }) => ({ header: `${JSON.stringify(header)}{}` })),
  withText('a header with a comment', ({ header }) => ({ header: `${JSON.stringify(header)}//` })),
  withText('a header behind a byte order mark and a NUL', ({ header }) => ({ header: `\ufeff\u0000${JSON.stringify(header)}` })),
  withText('iss twice, a stranger at last', ({ claims }) => ({ claims: `${reopened(claims)},"iss":"https://evil.test"}` })),
  withText('iss in a list', ({ claims }) => ({ claims: JSON.stringify({ ...claims, iss: [claims['iss']] }) })),
  withText('iss of the prototype', ({ claims }) => ({ claims: `${reopened({ ...claims, iss: undefined })},"__proto__":{"iss":${JSON.stringify(claims['iss'])}}}` })),
  withText('claims that go on after their end', ({ claims }) => ({ claims: `${JSON.stringify(claims)}{}` })),
  withText('claims in a list', ({ claims }) => ({ claims: JSON.stringify([claims]) })),
  withText('claims that are text', ({ claims }) => ({ claims: JSON.stringify(JSON.stringify(claims)) })),
  withText('claims that are null', () => ({ claims: 'null' })),
  withText('claims in UTF-16', ({ claims }) => ({ claims: Buffer.from(JSON.stringify(claims), 'utf16le') })),
  withText('claims that are not UTF-8', ({ claims }) => ({ claims: Buffer.concat([Buffer.from(`${reopened(claims)},"un":"`), Buffer.from([0xff]), Buffer.from('"}')]) })),
];

/** In JSON as it is written, since no serialiser writes all of them. None of these is a time (RFC 7519, section 2). */
const noTimes = ['"4102444800"', '""', '"NaN"', '"Infinity"', '"tomorrow"', '"2100-01-01T00:00:00Z"', 'null', 'true', 'false', '[]', '[4102444800]', '{}', '{"$date":4102444800}', '1e999', '-1e999', '1e300'];

const withTime = (claim: string, text: string): Misissue =>
  withText(`${claim} ${text}`, ({ claims }) => ({ claims: `${reopened({ ...claims, [claim]: undefined })},"${claim}":${text}}` }));

/** Times that are none, or that are over or far. */
export const timeMisissues: readonly Misissue[] = [
  ...['exp', 'nbf', 'iat'].flatMap((claim) => noTimes.map((text) => withTime(claim, text))),
  ...['0', '-0', '-1', '-4102444800', '1.5', '1e-9'].map((text) => withTime('exp', text)),
  ...['4102444800', '253402300799.5'].map((text) => withTime('nbf', text)),
  withText('exp twice, over at last', ({ claims }) => ({ claims: `${reopened(claims)},"exp":1}` })),
];

/** Signed with a key that is ours, under a name that is not its. */
const kidMisissues: Misissue[] = [
  ...[undefined, null, '', ' ', 'unknown', '__proto__', 'undefined', 1, {}].map((kid) => withHeader(`the kid ${JSON.stringify(kid)}`, { kid })),
  ...(
    [
      ['a blank more', (kid) => `${kid} `],
      ['a blank before', (kid) => ` ${kid}`],
      ['a NUL more', (kid) => `${kid}\u0000`],
      ['a letter less', (kid) => kid.slice(0, -1)],
      ['capitals', (kid) => kid.toUpperCase()],
      ['a list around it', (kid) => [kid]],
    ] satisfies [string, (kid: string) => unknown][]
  ).map(([how, spell]): Misissue => ({ name: `its kid with ${how}`, issue: ({ header, claims, sign }) => compact({ ...header, kid: spell(header['kid'] as string) }, claims, sign) })),
];

/** For kinds that say what they are (`typ`, `aud`), by which key and from whom. */
export const kindMisissues: readonly Misissue[] = [
  ...kidMisissues,
  ...[undefined, null, '', 'JWT', 'jwt', 'at', 'jwt+at', 'at+jwt ', ' at+jwt', 'xat+jwt', 'at+jwt+x', 'at+jwt;v=1', 'entry+jwt ', 'link+jwt', 'dpop+jwt', 'logout+jwt', 'application/jwt', ['at+jwt'], ['entry+jwt'], { typ: 'at+jwt' }, 1].map((typ) =>
    withHeader(`the typ ${JSON.stringify(typ)}`, { typ }),
  ),
  ...[undefined, null, '', 'urn:parley', 'urn:parley:api ', 'URN:PARLEY:API', 'urn:parley:link', [], [null], {}, 'https://evil.test'].map((aud) =>
    withText(`aud ${JSON.stringify(aud)}`, ({ claims }) => ({ claims: JSON.stringify({ ...claims, aud }) })),
  ),
  ...['sub', 'iss', 'exp', 'iat', 'org_id'].map((claim) => withText(`no ${claim}`, ({ claims }) => ({ claims: JSON.stringify({ ...claims, [claim]: undefined }) }))),
  ...['sub', 'org_id'].flatMap((claim) =>
    [null, 1, ['a'], { a: 1 }].map((value) => withText(`${claim} ${JSON.stringify(value)}`, ({ claims }) => ({ claims: JSON.stringify({ ...claims, [claim]: value }) }))),
  ),
  ...['https://evil.test', '', 'parley.test', null].map((iss) => withText(`iss ${JSON.stringify(iss)}`, ({ claims }) => ({ claims: JSON.stringify({ ...claims, iss }) }))),
  ...[['a slash more', '/'], ['a blank more', ' '], ['a NUL more', '\u0000']].map(([name, more]) =>
    withText(`iss with ${name}`, ({ claims }) => ({ claims: JSON.stringify({ ...claims, iss: `${String(claims['iss'])}${more}` }) })),
  ),
];
