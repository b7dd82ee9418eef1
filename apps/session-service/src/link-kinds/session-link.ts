import { createHash } from 'node:crypto';
import type { LinkSigner, VerifiedLink } from '@parley/dto';
import { type Asked, DEFAULT_CAPACITY } from '../admission/asked.js';
import type { GenuineLink, Invitation } from './genuine-link.js';
import { type LinkClaims, readClaims } from './link-claims.js';

/** A link that an API client signed, its signature good (coviu.md, C9). */
export class SessionLink implements GenuineLink {
  readonly linkId: string;

  constructor(
    link: string,
    private readonly verified: VerifiedLink,
  ) {
    this.linkId = signedPartHash(link);
  }

  get orgId(): string {
    return this.verified.orgId;
  }

  get clientId(): string {
    return this.verified.clientId;
  }

  get claims(): Record<string, unknown> {
    return this.verified.claims;
  }

  get signer(): LinkSigner {
    return { clientId: this.verified.clientId, secret: this.verified.secret };
  }

  toAsked(): Asked {
    const { verified } = this;
    const claims = readClaims(verified.claims);
    return {
      orgId: verified.orgId,
      sid: claims.sid,
      clientId: verified.clientId,
      active: verified.active,
      ref: claims.ref,
      name: claims.un,
      role: claims.rle,
      ...personOf(claims),
      capacity: DEFAULT_CAPACITY,
      issuedAt: claims.iat,
      notBefore: claims.nbf,
      expiresAt: claims.exp,
      hash: this.linkId,
    };
  }

  toInvitation(): Invitation {
    const { un, rle, sid, img, rtn } = readClaims(this.verified.claims);
    return { name: un, role: rle, sid, picture: img ?? null, returnUrl: rtn ?? null };
  }
}

/** Who it is: the customer's own name for the person, else the address, else, for guests, the screen name. */
export function personOf({ sub, email, un }: Pick<LinkClaims, 'sub' | 'email' | 'un'>): Pick<Asked, 'person' | 'identities' | 'knownByNameOnly'> {
  const known = [...(sub === undefined ? [] : [`sub:${sub}`]), ...(email === undefined ? [] : [`email:${email}`])];
  const [person] = known;
  return person === undefined ? { person: `name:${un}`, identities: [`name:${un}`], knownByNameOnly: true } : { person, identities: known, knownByNameOnly: false };
}

/** Of what was signed, not of the signature: that has several spellings. */
export const signedPartHash = (link: string): string => createHash('sha256').update(link.slice(0, link.lastIndexOf('.'))).digest('base64url');
