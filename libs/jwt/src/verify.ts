import { decodeProtectedHeader, type JWTPayload, jwtVerify } from 'jose';
import { tokenInvalid } from './jwt.errors.js';
import type { KeySet } from './key-set.js';

export interface Expected {
  /** RFC 8725, 3.11: the kind of token. */
  typ: string;
  audience: string;
}

/** Seconds by which `exp` may have passed: clocks differ. */
const CLOCK_TOLERANCE_S = 5;

/**
 * Verifies an ES256 token of one kind: signature, `alg`, `typ`, `iss`, `aud`, `exp` (required) and `nbf` (RFC 7519, RFC 8725).
 * @throws `token.invalid`, alike for every reason; what the key set throws, if no key can be had
 */
export async function verifyEs256(token: string, keys: KeySet, { typ, audience }: Expected): Promise<JWTPayload> {
  const found = await keys.find(kidOf(token));
  if (!found) throw tokenInvalid();
  const options = { algorithms: ['ES256'], typ, audience, issuer: found.issuer, clockTolerance: CLOCK_TOLERANCE_S, requiredClaims: ['exp', 'iat', 'sub'] };
  return jwtVerify(token, found.key, options).then(
    ({ payload }) => payload,
    () => {
      throw tokenInvalid();
    },
  );
}

function kidOf(token: string): string {
  try {
    const { alg, kid } = decodeProtectedHeader(token);
    if (alg === 'ES256' && typeof kid === 'string') return kid;
  } catch {
    // Not a JWT at all: the same answer as a JWT that is not ours.
  }
  throw tokenInvalid();
}
