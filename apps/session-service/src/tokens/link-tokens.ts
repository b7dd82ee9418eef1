import { ActiveSigner, type Es256Signer, KeySet, type SigningKey, tokenInvalid, verifyEs256 } from '@parley/jwt';
import type { KeyRing } from '@parley/persistence';
import { z } from 'zod';

/** `typ` of the links that Parley signs itself: no client's secret has to do with them. */
export const LINK_TYPE = 'link+jwt';
const AUDIENCE = 'urn:parley:link';

/** The last second that a calendar has: when the session is over its plan says, which may change after the link was sent. */
export const NEVER = 253_402_300_799;

const Claims = z.object({ sub: z.uuid(), org_id: z.string(), sid: z.string() });

/** Who is invited to what. The rest is what their row says at the moment of entering. */
export interface LinkSubject {
  participantId: string;
  orgId: string;
  sid: string;
}

/** When an id was made, in epoch seconds (RFC 9562, 5.7): by the clock of this process, as verifiers go by theirs. */
const madeAt = (uuidv7: string): number => Number.parseInt(uuidv7.replaceAll('-', '').slice(0, 12), 16) / 1000;

export class LinkTokenSigner {
  constructor(
    private readonly signer: Es256Signer,
    private readonly issuer: string,
  ) {}

  /** Where the link leads: C9. */
  async addressOf(subject: LinkSubject): Promise<string> {
    return `${this.issuer.replace(/\/$/, '')}/v1/session/${await this.sign(subject)}`;
  }

  /** Two links for one participant differ in their signatures only. */
  sign({ participantId, orgId, sid }: LinkSubject): Promise<string> {
    return this.signer.sign({ iss: this.issuer, aud: AUDIENCE, sub: participantId, org_id: orgId, sid, iat: madeAt(participantId), exp: NEVER });
  }
}

/** Makes the signer of invitations and verifies what it signed, here or in another copy. */
export class LinkTokens {
  private readonly keySet: KeySet;
  private readonly active: ActiveSigner;

  constructor(
    keys: Pick<KeyRing<SigningKey>, 'loadWithVersion' | 'published'>,
    private readonly issuer: string,
  ) {
    this.keySet = new KeySet(async () => ({ issuer, keys: await keys.published() }));
    this.active = new ActiveSigner(keys, LINK_TYPE);
  }

  /** Not inside a transaction: the first time it makes or opens the key. */
  async signer(): Promise<LinkTokenSigner> {
    return new LinkTokenSigner(await this.active.get(), this.issuer);
  }

  /** Signs with the keys of that version from now on. */
  follow(version: string): Promise<void> {
    return this.active.follow(version);
  }

  /** @throws `token.invalid`, alike for every reason */
  async verify(token: string): Promise<LinkSubject> {
    const claims = Claims.safeParse(await verifyEs256(token, this.keySet, { typ: LINK_TYPE, audience: AUDIENCE }));
    if (!claims.success) throw tokenInvalid();
    const { sub, org_id, sid } = claims.data;
    return { participantId: sub, orgId: org_id, sid };
  }
}
