import type { Capability, Role } from '@parley/dto';
import { ActiveSigner, type EntryActor, type Es256Signer, KeySet, type SigningKey, tokenInvalid, type TokenVerifier, verifyEs256 } from '@parley/jwt';
import type { KeyRing } from '@parley/persistence';
import { z } from 'zod';

const TYPE = 'entry+jwt';
const AUDIENCE = 'urn:parley:entry';

/** No entry token lives longer, whatever its link says (coviu.md, Session entries). Seconds. */
const MAX_LIFE_S = 86_400;

/** When the token of an entry ends at the latest. */
export const latestEnd = (enteredAt: Date): Date => new Date(enteredAt.getTime() + MAX_LIFE_S * 1000);

const Claims = z.object({ sub: z.uuid(), org_id: z.string(), sid: z.string() });

export interface TokenSubject {
  entryId: string;
  orgId: string;
  sid: string;
  role: Role;
  /** For the media plane. */
  capabilities: readonly Capability[];
  enteredAt: Date;
  /** When the link ends; null: never. */
  linkEnd: Date | null;
}

/** Signs the tokens of entries: the holder is that entry, for as long as its row says so. */
export class EntryTokenSigner {
  constructor(
    private readonly signer: Es256Signer,
    private readonly issuer: string,
  ) {}

  sign({ entryId, orgId, sid, role, capabilities, enteredAt, linkEnd }: TokenSubject): Promise<string> {
    const end = Math.min(linkEnd?.getTime() ?? Infinity, latestEnd(enteredAt).getTime());
    return this.signer.sign({ iss: this.issuer, aud: AUDIENCE, sub: entryId, org_id: orgId, sid, role, capabilities, iat: toSeconds(enteredAt.getTime()), exp: toSeconds(end) });
  }
}

const toSeconds = (ms: number): number => Math.floor(ms / 1000);

/** The part of a token that may be kept: without the signature it opens nothing. */
export const withoutSignature = (token: string): string => token.slice(0, token.lastIndexOf('.'));

/** Makes signers and verifies what they signed, here or in another copy. */
export class EntryTokens implements TokenVerifier<EntryActor> {
  private readonly keySet: KeySet;
  private readonly active: ActiveSigner;

  constructor(
    keys: Pick<KeyRing<SigningKey>, 'loadWithVersion' | 'published'>,
    readonly issuer: string,
  ) {
    this.keySet = new KeySet(async () => ({ issuer, keys: await keys.published() }));
    this.active = new ActiveSigner(keys, TYPE);
  }

  /** Not inside a transaction: the first time it makes or opens the key. */
  async signer(): Promise<EntryTokenSigner> {
    return new EntryTokenSigner(await this.active.get(), this.issuer);
  }

  /** Signs with the keys of that version from now on. */
  follow(version: string): Promise<void> {
    return this.active.follow(version);
  }

  /** Its times are the database's, and so it is the entry's row that tells whether it is over. */
  async verify(token: string): Promise<EntryActor> {
    const claims = Claims.safeParse(await verifyEs256(token, this.keySet, { typ: TYPE, audience: AUDIENCE, judgedAt: 'issue' }));
    if (!claims.success) throw tokenInvalid();
    const { sub, org_id, sid } = claims.data;
    return { kind: 'entry', entryId: sub, orgId: org_id, sid };
  }
}
