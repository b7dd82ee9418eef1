import { createCipheriv, randomBytes } from 'node:crypto';
import type { Forgery, Parts } from './forgeries.js';
import { part, respelled } from './jws.js';

const intoMiddle = (text: string, more: string): string => text.slice(0, 5) + more + text.slice(5);

/** What decoders of base64 like to overlook. */
const overlooked: Record<string, string> = { 'a blank': ' ', 'a tab': '\t', 'a line break': '\n', 'a form feed': '\f', NUL: '\u0000', '=': '=', '==': '==', '?': '?', '#': '#', '+': '+', '/': '/', '%': '%', 'a letter beyond ASCII': 'é', 'a byte order mark': '\ufeff' };

const inEachPart: Forgery[] = Object.entries(overlooked).flatMap(([what, more]) =>
  (['h', 'p', 's'] as const).flatMap((where): Forgery[] => {
    const spelled = (change: (text: string) => string) => (parts: Parts) => join({ ...parts, [where]: change(parts[where]) });
    const name = { h: 'header', p: 'payload', s: 'signature' }[where];
    return [
      { name: `${what} before the ${name}`, forge: spelled((text) => more + text) },
      { name: `${what} inside the ${name}`, forge: spelled((text) => intoMiddle(text, more)) },
      { name: `${what} after the ${name}`, forge: spelled((text) => text + more) },
    ];
  }),
);
const join = ({ h, p, s }: Pick<Parts, 'h' | 'p' | 's'>): string => `${h}.${p}.${s}`;

const respellings: Forgery[] = [
  { name: 'a header that ends in other unused bits', forge: (parts) => join({ ...parts, h: respelled(parts.h) }) },
  { name: 'a payload that ends in other unused bits', forge: (parts) => join({ ...parts, p: respelled(parts.p) }) },
  { name: 'a signature that ends in other unused bits', forge: (parts) => join({ ...parts, s: respelled(parts.s) }) },
  { name: 'a signature in hexadecimal', forge: (parts) => join({ ...parts, s: Buffer.from(parts.s, 'base64url').toString('hex') }) },
  { name: 'a signature in base64 of base64', forge: (parts) => join({ ...parts, s: part(parts.s) }) },
];

const dots: Record<string, string> = { 'a full stop of Chinese': '\u3002', 'a percent-encoded dot': '%2E', 'a colon': ':', 'two dots': '..' };
const separators: Forgery[] = Object.entries(dots).map(([what, dot]) => ({ name: `${what} between its parts`, forge: ({ h, p, s }) => [h, p, s].join(dot) }));

const flattened = ({ h, p, s }: Parts): object => ({ payload: p, protected: h, signature: s });
const serialisations: Forgery[] = [
  { name: 'a genuine token as JSON, flattened', forge: (parts) => JSON.stringify(flattened(parts)) },
  { name: 'a genuine token as JSON, general', forge: ({ h, p, s }) => JSON.stringify({ payload: p, signatures: [{ protected: h, signature: s }] }) },
  { name: 'a genuine token as JSON with an unprotected header', forge: ({ p, s, header }) => JSON.stringify({ payload: p, header, signature: s }) },
  { name: 'a genuine token as JSON with a second, forged signature', forge: ({ h, p, s }) => JSON.stringify({ payload: p, signatures: [{ protected: h, signature: s }, { protected: part({ alg: 'none' }), signature: '' }] }) },
  { name: 'a genuine token as JSON in base64url', forge: (parts) => part(flattened(parts)) },
  { name: 'a genuine token in a list', forge: ({ token }) => JSON.stringify([token]) },
  { name: 'a genuine token in quotes', forge: ({ token }) => JSON.stringify(token) },
  { name: 'a detached payload', forge: ({ h, s }) => `${h}..${s}` },
  { name: 'a payload that is not encoded', forge: ({ h, s, claims }) => `${h}.${JSON.stringify(claims)}.${s}` },
];

/** A JWE (RFC 7516) around a genuine token, encrypted directly with a key of one’s own. */
function nestedJwe({ token }: Parts): string {
  const header = part({ alg: 'dir', enc: 'A256GCM', cty: 'JWT' });
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', Buffer.alloc(32), iv).setAAD(Buffer.from(header));
  const text = Buffer.concat([cipher.update(token), cipher.final()]);
  return `${header}..${part(iv)}.${part(text)}.${part(cipher.getAuthTag())}`;
}

const shapes: readonly [string, (parts: Parts) => string][] = [
  ['nothing', () => ''],
  ['a dot', () => '.'],
  ['two dots', () => '..'],
  ['three dots', () => '...'],
  ['null', () => 'null'],
  ['an object', () => '{}'],
  ['one part', ({ h }) => h],
  ['two parts', ({ h, p }) => `${h}.${p}`],
  ['no header', ({ p, s }) => `.${p}.${s}`],
  ['no header and no dot for it', ({ p, s }) => `${p}.${s}`],
  ['a fourth part that is empty', ({ token }) => `${token}.`],
  ['a fourth part', ({ token }) => `${token}.x`],
  ['five parts', ({ token }) => `${token}.x.y`],
  ['a leading dot', ({ token }) => `.${token}`],
  ['two tokens', ({ token }) => `${token}.${token}`],
  ['two tokens in a row', ({ token }) => `${token},${token}`],
  ['a word before it', ({ token }) => `Bearer ${token}`],
  ['a nested JWE', nestedJwe],
  ['a header that is null', ({ p, s }) => `${part('null')}.${p}.${s}`],
  ['a header that is a list', ({ header, p, s }) => `${part([header])}.${p}.${s}`],
  ['a header that is text', ({ header, p, s }) => `${part(JSON.stringify(JSON.stringify(header)))}.${p}.${s}`],
  ['a header that is not UTF-8', ({ p, s }) => `${part(Buffer.from([0x7b, 0xff, 0x7d]))}.${p}.${s}`],
  ['a header of 100,000 brackets', ({ p, s }) => `${part('['.repeat(100_000))}.${p}.${s}`],
  ['a payload of 100,000 brackets', ({ h, s }) => `${h}.${part('['.repeat(100_000))}.${s}`],
  ['a million characters', ({ h, p }) => `${h}.${p}.${'A'.repeat(1_000_000)}`],
];

/** A genuine token in other words, or what is none at all: what is accepted has one spelling. */
export const spellings: readonly Forgery[] = [
  ...[...inEachPart, ...respellings, ...separators, ...serialisations],
  ...shapes.map(([what, forge]): Forgery => ({ name: `no token but ${what}`, forge })),
];
