import { decodeJwt, decodeProtectedHeader, type JWTPayload, jwtVerify } from 'jose';
import { z } from 'zod';
import { tokenInvalid } from './jwt.errors.js';
import type { KeySet } from './key-set.js';

export interface Expected {
  /** RFC 8725, 3.11: the kind of token. */
  typ: string;
  audience: string;
  /** By which moment `exp`, `nbf` and `iat` are judged: now, by the clock of this process, unless told; `issue` where a row tells what is over by now. */
  judgedAt?: 'now' | 'issue';
}

/** Seconds by which `exp` may have passed: clocks differ. */
const CLOCK_TOLERANCE_S = 5;

/** What our signers write, and nothing more: what is not there can't be understood in two ways. */
const Header = z.strictObject({ alg: z.literal('ES256'), typ: z.string(), kid: z.string() });

/** NumericDate (RFC 7519, section 2), within the years that a `Date` has. */
const Time = z.number().min(0).max(8_640_000_000_000);
/** Seconds by which `iat` may lie ahead: clocks differ, and auth-service dates a token after what was revoked before it. */
const ISSUED_AHEAD_S = 60;
const Times = z.object({ exp: Time, iat: Time, nbf: Time.optional() });

/**
 * Verifies an ES256 token of one kind: spelling, header, signature, `alg`, `typ`, `iss`, `aud`, `exp` (required) and `nbf` (RFC 7519, RFC 8725).
 * @throws `token.invalid`, alike for every reason; what the key set throws, if no key can be had
 */
export async function verifyEs256(token: string, keys: KeySet, { typ, audience, judgedAt = 'now' }: Expected): Promise<JWTPayload> {
  const found = await keys.find(kidOf(token));
  if (!found) throw tokenInvalid();
  const currentDate = judgedAt === 'issue' ? issueOf(token) : new Date();
  const options = { algorithms: ['ES256'], typ, audience, issuer: found.issuer, clockTolerance: CLOCK_TOLERANCE_S, currentDate, requiredClaims: ['exp', 'iat', 'sub'] };
  return jwtVerify(token, found.key, options).then(({ payload }) => (isIssuedBy(currentDate, payload) ? payload : refuse()), refuse);
}

/** Nobody issues in the future, where no revocation would reach. */
function isIssuedBy(moment: Date, payload: JWTPayload): boolean {
  const { success, data } = Times.safeParse(payload);
  return success && data.iat <= moment.getTime() / 1000 + ISSUED_AHEAD_S;
}

/** As the token says, whoever signed it. */
function issueOf(token: string): Date {
  try {
    return new Date(Times.parse(decodeJwt(token)).iat * 1000);
  } catch {
    return refuse();
  }
}

function kidOf(token: string): string {
  if (!hasOneSpelling(token)) return refuse();
  try {
    return Header.parse(decodeProtectedHeader(token)).kid;
  } catch {
    return refuse(); // Not a JWT at all: the same answer as a JWT that is not ours.
  }
}

/** base64url can spell the same bytes in several ways, and decoders forgive more: a token that is known by its text must have one. */
const hasOneSpelling = (token: string): boolean => token.split('.').every((part) => Buffer.from(part, 'base64url').toString('base64url') === part);

function refuse(): never {
  throw tokenInvalid();
}
