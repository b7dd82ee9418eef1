import type { Forgery, Parts } from './forgeries.js';
import { part } from './jws.js';

/** The order of the group of P-256. */
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

const bytes32 = (value: bigint): Buffer => Buffer.from(value.toString(16).padStart(64, '0'), 'hex');
const asNumber = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex') || '0'}`);
const pair = (r: bigint, s: bigint): Buffer => Buffer.concat([bytes32(r), bytes32(s)]);

const signature = (name: string, change: (genuine: Buffer, parts: Parts) => Buffer): Forgery => ({
  name: `a signature that is ${name}`,
  forge: (parts) => `${parts.h}.${parts.p}.${change(Buffer.from(parts.s, 'base64url'), parts).toString('base64url')}`,
});

const numbers: readonly [string, bigint][] = [['0', 0n], ['1', 1n], ['n - 1', order - 1n], ['n', order], ['n + 1', order + 1n], ['2^256 - 1', 2n ** 256n - 1n]];
const degenerate: Forgery[] = numbers.flatMap(([r, rValue]) => numbers.map(([s, sValue]) => signature(`r = ${r}, s = ${s}`, () => pair(rValue, sValue))));

const derInteger = (bytes: Buffer): Buffer => {
  const padded = (bytes[0] ?? 0) > 127 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
  return Buffer.concat([Buffer.from([2, padded.length]), padded]);
};
const halves = (bytes: Buffer): [Buffer, Buffer] => [bytes.subarray(0, bytes.length / 2), bytes.subarray(bytes.length / 2)];
const der = (bytes: Buffer): Buffer => {
  const body = Buffer.concat(halves(bytes).map(derInteger));
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
};

const flipped = (bytes: Buffer, at: number): Buffer => {
  const changed = Buffer.from(bytes);
  changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
  return changed;
};

const altered: Forgery[] = [
  signature('empty', () => Buffer.alloc(0)),
  signature('one byte', () => Buffer.from([0])),
  signature('all zero', (genuine) => Buffer.alloc(genuine.length)),
  signature('all ones', (genuine) => Buffer.alloc(genuine.length, 0xff)),
  signature('in DER', der),
  signature('cut by a byte', (genuine) => genuine.subarray(0, -1)),
  signature('cut in half', (genuine) => halves(genuine)[0]),
  signature('longer by a byte', (genuine) => Buffer.concat([genuine, Buffer.from([0])])),
  signature('led by a byte', (genuine) => Buffer.concat([Buffer.from([0]), genuine])),
  signature('doubled', (genuine) => Buffer.concat([genuine, genuine])),
  signature('turned around', (genuine) => Buffer.concat(halves(genuine).reverse())),
  signature('other in its first bit', (genuine) => flipped(genuine, 0)),
  signature('other in its last bit', (genuine) => flipped(genuine, genuine.length - 1)),
  signature('r + n', (genuine) => Buffer.concat([Buffer.from((asNumber(halves(genuine)[0]) + order).toString(16).padStart(66, '0'), 'hex'), halves(genuine)[1]])),
  signature('s + n', (genuine) => Buffer.concat([halves(genuine)[0], Buffer.from((asNumber(halves(genuine)[1]) + order).toString(16).padStart(66, '0'), 'hex')])),
];

const changed = (name: string, changes: (parts: Parts) => { h?: unknown; p?: unknown }): Forgery => ({
  name: `a genuine token with ${name}`,
  forge: (parts) => {
    const { h, p } = changes(parts);
    return `${h ? part(h) : parts.h}.${p ? part(p) : parts.p}.${parts.s}`;
  },
});

/** A genuine signature over something else. */
const moved: Forgery[] = [
  changed('another org', ({ claims }) => ({ p: { ...claims, org_id: 'other' } })),
  changed('another subject', ({ claims }) => ({ p: { ...claims, sub: '00000000-0000-4000-8000-000000000000' } })),
  changed('another issuer', ({ claims }) => ({ p: { ...claims, iss: 'https://evil.test' } })),
  changed('more scopes', ({ claims }) => ({ p: { ...claims, scope: 'coviu-enterprise-api call admin introspect' } })),
  changed('a later end', ({ claims }) => ({ p: { ...claims, exp: 4_102_444_800 } })),
  changed('another role', ({ claims }) => ({ p: { ...claims, rle: 'owner', role: 'owner', email: 'eve@evil.test' } })),
  changed('no claims', () => ({ p: {} })),
  changed('one more claim', ({ claims }) => ({ p: { ...claims, more: 1 } })),
  changed('blanks in its claims', ({ claims }) => ({ p: JSON.stringify(claims, null, 1) })),
  changed('blanks in its header', ({ header }) => ({ h: JSON.stringify(header, null, 1) })),
  changed('another kind in its header', ({ header }) => ({ h: { ...header, typ: 'other+jwt' } })),
  changed('no kid', ({ header }) => ({ h: { ...header, kid: undefined, more: 1 } })),
  changed('header and claims in each other’s place', ({ header, claims }) => ({ h: claims, p: header })),
];

/** Signatures that nobody made, or not for this. */
export const signatures: readonly Forgery[] = [...altered, ...degenerate, ...moved];

/** The other signature that follows from an ES256 one without the key: (r, n - s) is as good as (r, s). */
export function withOtherS(token: string): string {
  const at = token.lastIndexOf('.') + 1;
  const [r, s] = halves(Buffer.from(token.slice(at), 'base64url'));
  return token.slice(0, at) + Buffer.concat([r, bytes32(order - asNumber(s))]).toString('base64url');
}
