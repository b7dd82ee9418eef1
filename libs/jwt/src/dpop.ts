import { createHash } from 'node:crypto';
import { calculateJwkThumbprint, EmbeddedJWK, type JWTHeaderParameters, jwtVerify } from 'jose';
import { z } from 'zod';
import { proofInvalid } from './jwt.errors.js';

/** What a proof may be signed with. */
export const proofAlgorithms = ['ES256', 'EdDSA', 'Ed25519'];

/** So old a proof may be, and so far ahead of our clock. Seconds. */
const MAX_AGE = 60;
const AHEAD = 5;
/** After so long it would be refused as too old: until then its use is remembered. Seconds. */
export const PROOF_LIVES = MAX_AGE + AHEAD;

/** RFC 9449, 4.2. A private key in there would be nobody's secret any more. */
const Header = z.object({ typ: z.literal('dpop+jwt'), alg: z.enum(proofAlgorithms), jwk: z.object({ d: z.never().optional(), k: z.never().optional() }) });
const Claims = z.object({ jti: z.string().min(1).max(256), htm: z.string(), htu: z.string(), iat: z.number(), ath: z.string() });

/** The request with which a proof came. */
export interface ProvenRequest {
  method: string;
  /** Absolute, as the client knows it; its query and fragment don't count. */
  url: string;
  accessToken: string;
}

export interface Proof {
  /** Thumbprint of the key (RFC 7638). */
  jkt: string;
  jti: string;
}

/**
 * The checks of RFC 9449, 4.3, but for two that need to know more: whether the token is bound to the key, and whether the proof is new.
 * @throws `dpop.invalid`, alike for every reason
 */
export async function verifyProof(proof: string, { method, url, accessToken }: ProvenRequest): Promise<Proof> {
  const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, { algorithms: proofAlgorithms, typ: 'dpop+jwt' }).catch(refuse);
  const [header, claims] = [Header.safeParse(protectedHeader), Claims.safeParse(payload)];
  if (!header.success || !claims.success) throw proofInvalid();
  const { jti, htm, htu, iat, ath } = claims.data;
  const age = Date.now() / 1000 - iat;
  const fits = htm === method && addressOf(htu) === addressOf(url) && ath === hashOf(accessToken) && age <= MAX_AGE && age >= -AHEAD;
  if (!fits) throw proofInvalid();
  return { jkt: await thumbprint(protectedHeader), jti };
}

const thumbprint = ({ jwk }: JWTHeaderParameters): Promise<string> => (jwk ? calculateJwkThumbprint(jwk) : Promise.reject(proofInvalid()));

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** RFC 9449, 4.3, 9: compared after the normalization of RFC 3986, 6.2. */
function addressOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

function refuse(): never {
  throw proofInvalid();
}
