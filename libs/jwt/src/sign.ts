import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, type JWTPayload } from 'jose';

/** A private JWK. */
export type SigningKey = JWK & { kid: string };

/** A new ES256 key pair as one private JWK; `kid` is its thumbprint (RFC 7638). */
export async function newSigningKey(): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, alg: 'ES256', use: 'sig', kid: await calculateJwkThumbprint(jwk) };
}

/** The public half of a key: nothing that could sign. */
export function publicHalf({ kty, crv, x, y, kid }: JWK): { kty: 'EC'; crv: 'P-256'; x: string; y: string; kid: string; alg: 'ES256'; use: 'sig' } {
  if (kty !== 'EC' || crv !== 'P-256' || !x || !y || !kid) throw new Error('not an ES256 key');
  return { kty: 'EC', crv: 'P-256', x, y, kid, alg: 'ES256', use: 'sig' };
}

/** Signs tokens of one kind with one key. */
export class Es256Signer {
  private constructor(
    private readonly key: KeyObject,
    private readonly header: string,
  ) {}

  static of(jwk: SigningKey, typ: string): Promise<Es256Signer> {
    const key = createPrivateKey({ key: { ...jwk }, format: 'jwk' });
    return Promise.resolve(new Es256Signer(key, encode({ alg: 'ES256', typ, kid: jwk.kid })));
  }

  /**
   * On the spot: a signature takes less time than handing it to another thread, and tokens are signed while locks are held.
   * @param claims complete, `iat` and `exp` in epoch seconds included
   */
  sign(claims: JWTPayload): Promise<string> {
    const signed = `${this.header}.${encode(claims)}`;
    const signature = sign('sha256', Buffer.from(signed), { key: this.key, dsaEncoding: 'ieee-p1363' });
    return Promise.resolve(`${signed}.${signature.toString('base64url')}`);
  }
}

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
