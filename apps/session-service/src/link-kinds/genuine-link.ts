import type { LinkSigner } from '@parley/dto';
import type { Asked } from '../admission/asked.js';

/** What a link says to the person who holds it. */
export interface Invitation {
  name: string;
  role: Asked['role'];
  sid: string;
  picture: string | null;
  returnUrl: string | null;
}

/** A link whose signature is good, whoever made it. What it says has not been judged yet. */
export interface GenuineLink {
  orgId: string;
  clientId: string;
  signer: LinkSigner;
  /** SHA-256 of its signed part. */
  linkId: string;
  /** As they were signed. */
  claims: Record<string, unknown>;
  /** What it asks admission for. @throws `link.claims` */
  toAsked(): Asked;
  /** @throws `link.claims` */
  toInvitation(): Invitation;
}

/** One kind of link; `typ` of its header tells it from others (RFC 8725, 3.11). */
export interface LinkKind {
  /** @throws `link.invalid`, alike for every reason; `unavailable` */
  verify(link: string): Promise<GenuineLink>;
}
