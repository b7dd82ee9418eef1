import { calculateJwkThumbprint, type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK, type JWTPayload, SignJWT } from 'jose';

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
    private readonly key: CryptoKey,
    private readonly kid: string,
    private readonly typ: string,
  ) {}

  static async of(jwk: SigningKey, typ: string): Promise<Es256Signer> {
    return new Es256Signer((await importJWK(jwk, 'ES256')) as CryptoKey, jwk.kid, typ);
  }

  /** @param claims complete, `iat` and `exp` in epoch seconds included */
  sign(claims: JWTPayload): Promise<string> {
    return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ: this.typ, kid: this.kid }).sign(this.key);
  }
}
