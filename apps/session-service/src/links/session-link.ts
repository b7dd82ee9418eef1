import { createHash } from 'node:crypto';
import type { ReplyOf, verifyLink } from '@parley/dto';
import type { Asked } from '../admission/asked.js';
import { type LinkClaims, readClaims } from './link-claims.js';

/** A session link whose signature is good (coviu.md, C9). */
export class SessionLink {
  private constructor(
    private readonly link: string,
    private readonly verified: ReplyOf<typeof verifyLink>,
    readonly claims: LinkClaims,
  ) {}

  /** @throws `link.claims` */
  static of(link: string, verified: ReplyOf<typeof verifyLink>): SessionLink {
    return new SessionLink(link, verified, readClaims(verified.claims));
  }

  get orgId(): string {
    return this.verified.orgId;
  }

  toAsked(): Asked {
    const { claims, verified } = this;
    return {
      orgId: verified.orgId,
      sid: claims.sid,
      clientId: verified.clientId,
      active: verified.active,
      ref: claims.ref,
      name: claims.un,
      role: claims.rle,
      ...personOf(claims),
      issuedAt: claims.iat,
      notBefore: claims.nbf,
      expiresAt: claims.exp,
      hash: signedPartHash(this.link),
    };
  }
}

/** Who it is: the customer's own name for the person, else the address, else, for guests, the screen name. */
export function personOf({ sub, email, un }: LinkClaims): Pick<Asked, 'person' | 'knownByNameOnly'> {
  if (sub !== undefined) return { person: `sub:${sub}`, knownByNameOnly: false };
  if (email !== undefined) return { person: `email:${email}`, knownByNameOnly: false };
  return { person: `name:${un}`, knownByNameOnly: true };
}

/** Of what was signed, not of the signature: that has several spellings. */
const signedPartHash = (link: string): string => createHash('sha256').update(link.slice(0, link.lastIndexOf('.'))).digest('base64url');
