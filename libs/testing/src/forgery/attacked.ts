import { createPrivateKey, createPublicKey, type JsonWebKey } from 'node:crypto';
import { AppError } from '@parley/dto';
import { forgeries, takeApart } from './forgeries.js';
import { compact, ecdsa } from './jws.js';
import { headerMisissues, type Issuer, kindMisissues, timeMisissues } from './misissued.js';
import { withOtherS } from './signatures.js';

interface Verifier {
  /** The private key, as a JWK, of which the verifier has the public half. */
  key: object;
  claims: Record<string, unknown>;
  verify: (token: string) => Promise<unknown>;
}

/** What an attack on a verifier of ES256 tokens begins with. */
export interface Attacked extends Verifier {
  /** Was signed with the key and these claims. */
  genuine: string;
  parts: ReturnType<typeof takeApart>;
  /** Signs whatever it is given, with the right key. */
  issuer: Issuer;
  /** What the verifier says to a token, in a word. */
  verdict: (token: string) => Promise<string>;
}

/** What a verifier of ours says to every attack. */
export const REFUSED = 'unauthenticated token.invalid';

export function attacked(genuine: string, verifier: Verifier): Attacked {
  const privateKey = createPrivateKey({ key: verifier.key as JsonWebKey, format: 'jwk' });
  const parts = takeApart({ token: genuine, publicKey: createPublicKey(privateKey) });
  const verdict = (token: string): Promise<string> =>
    verifier.verify(token).then(
      () => 'accepted',
      (error: unknown) => (error instanceof AppError ? `${error.kind} ${error.code}` : `broke: ${String(error)}`),
    );
  return { ...verifier, genuine, parts, issuer: { header: parts.header, claims: verifier.claims, sign: ecdsa(privateKey) }, verdict };
}

/** The tests that every verifier of ES256 tokens must pass, whatever its tokens say. */
export function itWithstandsForgery({ genuine, parts, issuer, verdict, verify }: Attacked): void {
  it('accepts the token that the attacks begin with, and one made as they are made', async () => {
    expect(await verdict(genuine)).toBe('accepted');
    expect(await verdict(compact(issuer.header, issuer.claims, issuer.sign))).toBe('accepted');
  });

  it.each(forgeries)('refuses a forgery: $name', async ({ forge }) => {
    expect(await verdict(forge(parts))).toBe(REFUSED);
  });

  it.each([...headerMisissues, ...kindMisissues, ...timeMisissues])('refuses a token signed with the right key, but with $name', async ({ issue }) => {
    expect(await verdict(issue(issuer))).toBe(REFUSED);
  });

  it('refuses an attack as often as it is made: no refusal is remembered as an acceptance', async () => {
    for (const forged of forgeries.slice(0, 1).map(({ forge }) => forge(parts))) {
      expect([await verdict(forged), await verdict(genuine), await verdict(forged)]).toEqual([REFUSED, 'accepted', REFUSED]);
    }
  });

  it('hears the same from the other signature that ECDSA allows: nothing may go by the spelling of a token', async () => {
    const twin = withOtherS(genuine);
    expect(twin).not.toBe(genuine);
    expect(await verify(twin)).toEqual(await verify(genuine));
  });
}

/** The tests that what another key signed is refused, under whichever of the two names. */
export function itRefusesTheKeyOf(kind: string, foreign: { kid: string }, { issuer, verdict }: Attacked): void {
  it.each([
    ['with its own kid', foreign.kid],
    ['with the kid of the right key', issuer.header.kid],
  ])(`refuses what the key of ${kind} has signed, %s`, async (_which, kid) => {
    const sign = ecdsa(createPrivateKey({ key: foreign as JsonWebKey, format: 'jwk' }));
    expect(await verdict(compact({ ...issuer.header, kid }, issuer.claims, sign))).toBe(REFUSED);
  });
}
