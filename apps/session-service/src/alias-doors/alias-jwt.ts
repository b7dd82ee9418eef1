import { ShortText } from '@parley/dto';
import { readHs256, signedWith } from '@parley/jwt';
import { z } from 'zod';

/** NumericDate (RFC 7519, section 2), within the years that a calendar has. */
const Time = z.number().min(-62_135_596_800).max(253_402_300_799).optional();

/** datagram-link.md, Alias JWT. Unknown claims are ignored. */
const Claims = z.object({
  alias: z.string(),
  user_id: ShortText.or(z.literal('')).optional(),
  host: z.boolean().default(false),
  expires_in: z.number(),
  iat: Time,
  nbf: Time,
  exp: Time,
});

type Claims = z.output<typeof Claims>;

/** What an alias JWT says of its bearer. Times in epoch seconds. */
export interface AliasBearer {
  userId: string | undefined;
  host: boolean;
  issuedAt: number | undefined;
  /** Undefined: it does not tell, so that only the alias bounds it. */
  expiresAt: number | undefined;
}

interface Expected {
  aliasId: string;
  jwtSecret: string;
  now: Date;
}

/** From here on `expires_in` is a point in time: it is documented as that and as a duration. */
const EPOCH = 1e9;

/** Undefined unless the token is signed with the secret of this alias, for it, and valid at this moment. There is no leeway. */
export function readAliasJwt(token: string, { aliasId, jwtSecret, now }: Expected): AliasBearer | undefined {
  const jwt = readHs256(token);
  if (!jwt || signedWith(jwt, [jwtSecret]) < 0) return undefined;
  const { success, data } = Claims.safeParse(jwt.claims);
  return success && data.alias === aliasId && isInTime(data, now.getTime() / 1000) ? bearerOf(data) : undefined;
}

function bearerOf(claims: Claims): AliasBearer {
  const { user_id: userId, host, iat: issuedAt } = claims;
  const end = endOf(claims);
  return { userId: userId || undefined, host, issuedAt, expiresAt: end === Infinity ? undefined : end };
}

const isInTime = (claims: Claims, now: number): boolean => claims.expires_in > 0 && endOf(claims) > now && (claims.nbf ?? -Infinity) <= now;

/** The earlier of its two ends; a duration from nowhere has none. */
function endOf({ exp = Infinity, expires_in, iat }: Claims): number {
  const end = expires_in >= EPOCH ? expires_in : iat === undefined ? Infinity : iat + expires_in;
  return Math.min(exp, end);
}
