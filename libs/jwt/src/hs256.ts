import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a customer signed with a secret of his own: a session link, an alias JWT, the JWTs of OpenTok. */
export interface Hs256Token {
  claims: Record<string, unknown>;
  signed: string;
  signature: string;
}

type Json = Record<string, unknown>;

/** Header parameters by which a sender would choose the key or the rules himself (RFC 7515, 4.1; RFC 7797). */
const refusedHeaders = ['crit', 'b64', 'jwk', 'jku', 'x5u', 'x5c', 'zip'];

/**
 * Reads a compact JWS (RFC 7515, 7.1) whose `alg` is exactly HS256. Undefined for anything else. Header and payload are read once,
 * from the very bytes that are signed, so no second reader can understand them in another way.
 */
export function readHs256(text: string): Hs256Token | undefined {
  const [header = '', payload = '', signature = '', ...rest] = text.split('.');
  if (rest.length > 0 || !isHs256(readJson(header))) return undefined;
  const claims = readJson(payload);
  return claims && { claims, signed: `${header}.${payload}`, signature };
}

/**
 * Which of the secrets signed it, -1: none; all of them are tried. The signatures are compared as texts: base64url has several for
 * the same bytes, and a token must not be changeable into another one that is as good.
 */
export function signedWith({ signed, signature }: Pick<Hs256Token, 'signed' | 'signature'>, secrets: readonly string[]): number {
  const given = Buffer.from(signature);
  const matches = secrets.map((secret) => {
    const right = Buffer.from(createHmac('sha256', secret).update(signed).digest('base64url'));
    return given.length === right.length && timingSafeEqual(given, right);
  });
  return matches.indexOf(true);
}

const isHs256 = (header: Json | undefined): boolean => header?.['alg'] === 'HS256' && !refusedHeaders.some((name) => name in header);

/** The JSON object in a base64url part; undefined for anything else, another spelling of the same bytes and text that is not UTF-8 included. */
function readJson(part: string): Json | undefined {
  const bytes = Buffer.from(part, 'base64url');
  if (bytes.toString('base64url') !== part) return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
