import type { LinkSigner } from '@parley/dto';
import { type Asked, DEFAULT_CAPACITY } from '../admission/asked.js';
import type { GenuineLink, Invitation } from '../link-kinds/genuine-link.js';
import { type LinkSubject, NEVER } from '../tokens/link-tokens.js';
import { type InvitationRow, personOfInvitation } from './invitation.entity.js';

interface Parts {
  subject: LinkSubject;
  invitation: InvitationRow;
  linkId: string;
  /** Neither the client that invited nor its org is disabled. */
  active: boolean;
}

/** Of people who gave no name. */
const nameless = { owner: 'Host', guest: 'Guest' } as const;

/** A link of Parley's own, its signature good. Who comes is what the invitation says now, not what it said when the link was signed. */
export class InvitationLink implements GenuineLink {
  constructor(private readonly parts: Parts) {}

  get orgId(): string {
    return this.parts.subject.orgId;
  }

  get clientId(): string {
    return this.parts.invitation.clientId;
  }

  get linkId(): string {
    return this.parts.linkId;
  }

  get signer(): LinkSigner {
    return { clientId: this.clientId, secret: 'parley' };
  }

  get claims(): Record<string, unknown> {
    const { participantId, sid } = this.parts.subject;
    return { sub: participantId, org_id: this.orgId, sid, iat: this.issuedAt, exp: NEVER };
  }

  toAsked(): Asked {
    const { subject, active } = this.parts;
    const { name, role, sid } = this.toInvitation();
    const person = personOfInvitation(subject.participantId);
    return {
      ...{ orgId: this.orgId, sid, clientId: this.clientId, active, ref: null, name, role },
      ...{ person, identities: [person], knownByNameOnly: false, participantId: subject.participantId, capacity: DEFAULT_CAPACITY },
      ...{ issuedAt: this.issuedAt, notBefore: undefined, expiresAt: NEVER, hash: this.linkId },
    };
  }

  /** Links are signed whenever they are told; what counts is when the invitation was made. Epoch seconds. */
  private get issuedAt(): number {
    return this.parts.invitation.createdAt.getTime() / 1000;
  }

  toInvitation(): Invitation {
    const { sid, name, role, picture } = this.parts.invitation;
    return { name: name ?? nameless[role], role, sid, picture, returnUrl: null };
  }
}
