import { Injectable } from '@nestjs/common';
import { AppError, findClient, type ScheduledParticipantDto } from '@parley/dto';
import { Database } from '@parley/persistence';
import { RpcClient } from '@parley/rpc';
import { type GenuineLink, type LinkKind } from '../link-kinds/genuine-link.js';
import { linkInvalid } from '../link-kinds/link-kinds.errors.js';
import { type LinkSubject, LinkTokens } from '../tokens/link-tokens.js';
import type { InvitationDto } from './invitation.entity.js';
import { InvitationLink } from './invitation-link.js';
import { InvitationsRepository } from './invitations.repository.js';
import { signedPartHash } from '../link-kinds/session-link.js';

/** The links that Parley itself signs: `entry_url` of those who are invited. Its own key signs them, so no client's secret outdates them. */
@Injectable()
export class InvitationLinks implements LinkKind {
  constructor(
    private readonly tokens: LinkTokens,
    private readonly invitations: InvitationsRepository,
    private readonly db: Database,
    private readonly rpc: RpcClient,
  ) {}

  /** With the link that it is told with. Not inside a transaction. */
  async withLink(invitation: InvitationDto): Promise<ScheduledParticipantDto> {
    const signer = await this.tokens.signer();
    return { ...invitation, entryUrl: await signer.addressOf(invitation) };
  }

  withLinks(invitations: readonly InvitationDto[]): Promise<ScheduledParticipantDto[]> {
    return Promise.all(invitations.map((invitation) => this.withLink(invitation)));
  }

  async verify(link: string): Promise<GenuineLink> {
    const subject = await this.subjectOf(link);
    const invitation = await this.db.read((tx) => this.invitations.get(tx, subject.orgId, subject.participantId)).catch(toInvalid);
    const { client } = await this.rpc.call(findClient, { clientId: invitation.clientId });
    return new InvitationLink({ subject, invitation, linkId: signedPartHash(link), active: client?.active ?? false });
  }

  private subjectOf(link: string): Promise<LinkSubject> {
    return this.tokens.verify(link).catch(toInvalid);
  }
}

/** Whatever is wrong with a link looks alike; what could not be asked is no fault of the link's. */
function toInvalid(error: unknown): never {
  throw error instanceof AppError && ['unauthenticated', 'not_found'].includes(error.kind) ? linkInvalid() : error;
}
