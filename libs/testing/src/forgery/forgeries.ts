import { constants, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { compact, ecdsa, hmac, type Json, nothing, part, readPart, rsa, type Sign } from './jws.js';
import { spellings } from './spellings.js';
import { signatures } from './signatures.js';

/** What everybody has who attacks a verifier: a token that it accepts, and a public key of the system. */
export interface Genuine {
  token: string;
  publicKey: KeyObject;
}

/** A genuine token taken apart. */
export interface Parts extends Genuine {
  header: Json;
  claims: Json;
  /** Header, payload and signature as they are spelled. */
  h: string;
  p: string;
  s: string;
}

export interface Forgery {
  name: string;
  forge(genuine: Parts): string;
}

export const takeApart = (genuine: Genuine): Parts => {
  const [h = '', p = '', s = ''] = genuine.token.split('.');
  return { ...genuine, h, p, s, header: readPart(h), claims: readPart(p) };
};

const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const own384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const own521 = generateKeyPairSync('ec', { namedCurve: 'P-521' });
const ownK = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
const ownRsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ownEd = generateKeyPairSync('ed25519');
const ownJwk = own.publicKey.export({ format: 'jwk' });
const bySelf = ecdsa(own.privateKey);

const unsignedAlgs: readonly unknown[] = ['none', 'None', 'NONE', 'nOnE', 'none ', ' none', 'none\u0000', 'nοne', '', null, 0, false, ['none'], { alg: 'none' }, undefined];

const algNone: Forgery[] = unsignedAlgs.flatMap((alg) => [
  { name: `alg ${JSON.stringify(alg)} and no signature`, forge: ({ header, claims }) => compact({ ...header, alg }, claims, nothing) },
  { name: `alg ${JSON.stringify(alg)} under the signature of a genuine token`, forge: ({ header, p, s }) => `${part({ ...header, alg })}.${p}.${s}` },
]);

/** Everything about a public key that a careless verifier could take for the secret of an HMAC. */
const confusable: Record<string, (key: KeyObject) => string | Buffer> = {
  PEM: (key) => pem(key),
  'PEM without its last line break': (key) => pem(key).trimEnd(),
  'PEM with DOS line breaks': (key) => pem(key).replaceAll('\n', '\r\n'),
  'PEM without armour': (key) => pem(key).replace(/-----[^-]+-----|\n/g, ''),
  DER: (key) => key.export({ type: 'spki', format: 'der' }),
  JWK: (key) => JSON.stringify(key.export({ format: 'jwk' })),
  'JWK in the order of its thumbprint': (key) => JSON.stringify(Object.fromEntries(Object.entries(key.export({ format: 'jwk' })).sort(([a], [b]) => (a < b ? -1 : 1)))),
  'point, uncompressed': (key) => Buffer.concat([Buffer.from([4]), ...coordinates(key)]),
  'point, bare': (key) => Buffer.concat(coordinates(key)),
  'x coordinate': (key) => coordinates(key)[0] ?? '',
  'x coordinate as text': (key) => String(key.export({ format: 'jwk' })['x']),
};
const pem = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();
const coordinates = (key: KeyObject): Buffer[] => ['x', 'y'].map((name) => Buffer.from(String(key.export({ format: 'jwk' })[name as 'x']), 'base64url'));

const keyConfusion: Forgery[] = Object.entries(confusable).flatMap(([form, secretOf]) =>
  [['HS256', 'sha256'], ['HS384', 'sha384'], ['HS512', 'sha512'], ['ES256', 'sha256']].map(([alg, hash]): Forgery => ({
    name: `alg ${alg}, an HMAC with the public key for its secret: ${form}`,
    forge: ({ header, claims, publicKey }) => compact({ ...header, alg }, claims, hmac(secretOf(publicKey), hash)),
  })),
);

const guessedSecrets: Forgery[] = ['', '\u0000', 'secret', 'undefined', 'null', '[object Object]', Buffer.alloc(32)].map((secret) => ({
  name: `alg HS256 with the secret ${shown(secret.toString())}`,
  forge: ({ header, claims }) => compact({ ...header, alg: 'HS256' }, claims, hmac(secret)),
}));

const strangers: readonly [alg: string, by: Sign][] = [
  ['ES256', bySelf],
  ['ES384', ecdsa(own384.privateKey, 'sha384')],
  ['ES512', ecdsa(own521.privateKey, 'sha512')],
  ['ES256K', ecdsa(ownK.privateKey)],
  ['RS256', rsa(ownRsa.privateKey)],
  ['RS512', rsa(ownRsa.privateKey, 'sha512')],
  ['PS256', rsa(ownRsa.privateKey, 'sha256', constants.RSA_PKCS1_PSS_PADDING)],
  ['EdDSA', (input) => rsa(ownEd.privateKey, null as never)(input)],
];
const strangersKeys: Forgery[] = strangers.flatMap(([alg, by]) => [
  { name: `alg ${alg}, signed with a key of one’s own`, forge: ({ header, claims }) => compact({ ...header, alg }, claims, by) },
  { name: `a signature of ${alg} with a key of one’s own under the header of a genuine token`, forge: ({ header, claims }) => compact(header, claims, by) },
  { name: `alg ${alg} under the signature of a genuine token`, forge: ({ header, p, s }) => `${part({ ...header, alg, more: 1 })}.${p}.${s}` },
]);

const x5c = [own.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')];
const broughtAlong: readonly [string, Json][] = [
  ['jwk', { jwk: ownJwk }],
  ['jwk, the private one', { jwk: own.privateKey.export({ format: 'jwk' }) }],
  ['jwk as text', { jwk: JSON.stringify(ownJwk) }],
  ['jwk with the kid of a genuine key', { jwk: { ...ownJwk, alg: 'ES256', use: 'sig' } }],
  ['jku', { jku: 'https://evil.test/.well-known/jwks.json' }],
  ['jku that begins like ours', { jku: 'https://parley.test@evil.test/jwks.json' }],
  ['jku of a file', { jku: 'file:///dev/null' }],
  ['jku that carries the key', { jku: `data:application/json,${JSON.stringify({ keys: [ownJwk] })}` }],
  ['x5u', { x5u: 'https://evil.test/cert.pem' }],
  ['x5c', { x5c }],
  ['x5c and its print', { x5c, x5t: 'AAAA', 'x5t#S256': 'AAAA' }],
];
const embeddedKeys: Forgery[] = broughtAlong.flatMap(([what, more]) => [
  { name: `a key of one’s own in the header: ${what}`, forge: ({ header, claims }) => compact({ ...header, alg: 'ES256', ...more }, claims, bySelf) },
  { name: `a key of one’s own in the header, kid and all: ${what}`, forge: ({ header, claims }) => compact({ ...header, alg: 'ES256', kid: 'own', ...more }, claims, bySelf) },
]);
const embeddedSecret: Forgery = {
  name: 'a secret of one’s own in the header: jwk',
  forge: ({ header, claims }) => compact({ ...header, alg: 'HS256', jwk: { kty: 'oct', k: part('own') } }, claims, hmac('own')),
};

const oddKids: readonly unknown[] = [
  ...['', ' ', '/dev/null', '../../../../../../dev/null', 'file:///dev/null', 'https://evil.test/jwks.json', "' or '1'='1", "x' union select 'secret' --", '; cat /etc/passwd', '`id`', '$(id)', '%00', '\u0000'],
  ...['undefined', 'null', '0', '__proto__', 'constructor', 'toString', 'hasOwnProperty', '*', '.', 'x'.repeat(5_000), '\ud800'],
  ...[null, 0, -1, true, [], {}, undefined],
];
const kidTricks: Forgery[] = oddKids.flatMap((kid) => [
  { name: `kid ${shown(kid)}, signed with a key of one’s own`, forge: ({ header, claims }) => compact({ ...header, alg: 'ES256', kid }, claims, bySelf) },
  { name: `kid ${shown(kid)}, an HMAC with nothing for its secret`, forge: ({ header, claims }) => compact({ ...header, alg: 'HS256', kid }, claims, hmac('')) },
]);
const genuineKidSpelled: readonly [string, (kid: string) => unknown][] = [
  ['in a list', (kid) => [kid]],
  ['in an object', (kid) => ({ kid })],
  ['with a blank', (kid) => `${kid} `],
  ['with a NUL', (kid) => `${kid}\u0000`],
  ['in capitals', (kid) => kid.toUpperCase()],
  ['as it is', (kid) => kid],
];
const kidSpellings: Forgery[] = genuineKidSpelled.map(([how, spell]) => ({
  name: `the kid of a genuine key ${how}, signed with a key of one’s own`,
  forge: ({ header: { kid, ...header }, claims }) => compact({ ...header, alg: 'ES256', kid: spell(typeof kid === 'string' ? kid : 'kid') }, claims, bySelf),
}));

function shown(kid: unknown): string {
  const text = JSON.stringify(kid) ?? 'left out';
  return text.length > 60 ? `of ${text.length} characters` : text;
}

/** Tokens that nobody signed who may. There is no verifier that accepts one. */
export const forgeries: readonly Forgery[] = [
  ...[...algNone, ...keyConfusion, ...guessedSecrets, ...strangersKeys],
  ...[...embeddedKeys, embeddedSecret, ...kidTricks, ...kidSpellings],
  ...[...signatures, ...spellings],
];
