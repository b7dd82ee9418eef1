import { createHmac, type KeyLike, sign } from 'node:crypto';

export type Json = Record<string, unknown>;

/** A part of a token; texts and bytes go in as they are, so that JSON can be written in ways that no serialiser would. */
export const part = (value: unknown): string => Buffer.from(typeof value === 'string' || Buffer.isBuffer(value) ? value : JSON.stringify(value)).toString('base64url');

/** What the part of a genuine token says. */
export const readPart = (text: string): Json => JSON.parse(Buffer.from(text, 'base64url').toString()) as Json;

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The same bytes with other unused bits in the last character; where there are none, another character. */
export const respelled = (text: string): string => text.slice(0, -1) + alphabet[alphabet.indexOf(text.at(-1) ?? 'A') ^ 1];

export type Sign = (input: string) => Buffer;

export const compact = (header: unknown, claims: unknown, by: Sign): string => {
  const input = `${part(header)}.${part(claims)}`;
  return `${input}.${by(input).toString('base64url')}`;
};

export const hmac =
  (secret: string | Buffer, hash = 'sha256'): Sign =>
  (input) =>
    createHmac(hash, secret).update(input).digest();

/** As RFC 7518, 3.4 has it: r and s, 32 bytes each. */
export const ecdsa =
  (key: KeyLike, hash = 'sha256'): Sign =>
  (input) =>
    sign(hash, Buffer.from(input), { key: key as never, dsaEncoding: 'ieee-p1363' });

export const rsa =
  (key: KeyLike, hash = 'sha256', padding?: number): Sign =>
  (input) =>
    sign(hash, Buffer.from(input), { key: key as never, ...(padding === undefined ? {} : { padding }) });

export const nothing: Sign = () => Buffer.alloc(0);
