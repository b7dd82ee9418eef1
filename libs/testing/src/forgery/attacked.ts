import { createPrivateKey, createPublicKey, type JsonWebKey } from 'node:crypto';
import { AppError } from '@parley/dto';
import { ecdsa } from './jws.js';
import type { Issuer } from './misissued.js';
import { takeApart } from './forgeries.js';

/** What an attack on a verifier of ES256 tokens begins with. */
export interface Attacked {
  parts: ReturnType<typeof takeApart>;
  /** Signs whatever it is given, with the right key. */
  issuer: Issuer;
  /** What the verifier says to a token, in a word. */
  verdict: (token: string) => Promise<string>;
}

/** What a verifier of ours says to every attack. */
export const REFUSED = 'unauthenticated token.invalid';

/** @param key the private key, as a JWK, under which `genuine` was signed with these claims */
export function attacked(genuine: string, { key, claims, verify }: { key: object; claims: Record<string, unknown>; verify: (token: string) => Promise<unknown> }): Attacked {
  const privateKey = createPrivateKey({ key: key as JsonWebKey, format: 'jwk' });
  const parts = takeApart({ token: genuine, publicKey: createPublicKey(privateKey) });
  const verdict = (token: string): Promise<string> =>
    verify(token).then(
      () => 'accepted',
      (error: unknown) => (error instanceof AppError ? `${error.kind} ${error.code}` : `broke: ${String(error)}`),
    );
  return { parts, issuer: { header: parts.header, claims, sign: ecdsa(privateKey) }, verdict };
}
