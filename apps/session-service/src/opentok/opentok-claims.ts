import { type OpentokRole, OpentokRole as Role } from '@parley/dto';
import { z } from 'zod';

/** Times in epoch seconds; in a T1 everything is text. */
const Seconds = z.union([z.number(), z.string().regex(/^\d{1,15}(\.\d+)?$/).transform(Number)]).pipe(z.number().min(0).max(253_402_300_799));

/** A nonce is a number to most who make one. */
const Nonce = z.union([z.number(), z.string()]).transform(String).pipe(z.string().min(1).max(200).regex(/^[\w.+-]+$/));

/** opentok.md, Token. Layout classes and connection data are the media plane's. */
const Claims = z.object({
  session_id: z.string().min(1),
  create_time: Seconds.optional(),
  nonce: Nonce,
  role: Role.default('publisher'),
  expire_time: Seconds.optional(),
  scope: z.literal('session.connect').optional(),
});

/** What a token says of whoever connects with it. */
export interface OpentokBearer {
  opentokSessionId: string;
  issuedAt: number | undefined;
  expiresAt: number;
  nonce: string;
  role: OpentokRole;
}

/** Undefined: it lacks what makes it a token. */
export function bearerOfT1(fields: Record<string, string>): OpentokBearer | undefined {
  const { success, data } = Claims.safeParse(fields);
  if (!success || data.expire_time === undefined) return undefined;
  return { opentokSessionId: data.session_id, issuedAt: data.create_time, expiresAt: data.expire_time, nonce: data.nonce, role: data.role };
}

const JwtClaims = Claims.extend({ ist: z.literal('project'), scope: z.literal('session.connect'), iat: z.number(), exp: z.number().min(0).max(253_402_300_799) });

/** The same for the JWT format; its end is `exp`, or an `expire_time` before that. */
export function bearerOfJwt(claims: Record<string, unknown>): OpentokBearer | undefined {
  const { success, data } = JwtClaims.safeParse(claims);
  if (!success) return undefined;
  const { session_id: opentokSessionId, nonce, role, iat: issuedAt, exp, expire_time = Infinity } = data;
  return { opentokSessionId, issuedAt, expiresAt: Math.min(exp, expire_time), nonce, role };
}

/** Seconds by which `iat` may lie ahead: clocks differ. */
const AHEAD_S = 60;

/**
 * X-OPENTOK-AUTH: what a server says of itself. A token that it gave to a client is signed with the same secret and must not pass for
 * it: that one names a session, this one never does.
 */
const Auth = z.object({ ist: z.literal('project'), iat: z.number(), exp: z.number(), scope: z.undefined().optional(), session_id: z.undefined().optional() });

export function isServerAuth(claims: Record<string, unknown>, now: Date): boolean {
  const { success, data } = Auth.safeParse(claims);
  const seconds = now.getTime() / 1000;
  return success && data.exp > seconds && data.iat <= seconds + AHEAD_S;
}
