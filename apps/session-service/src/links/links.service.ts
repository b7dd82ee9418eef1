import { Injectable } from '@nestjs/common';
import { AppError, type EntryDto, type previewLink, type ReplyOf } from '@parley/dto';
import { Database } from '@parley/persistence';
import { noteOrg } from '@parley/platform';
import { AdmissionService } from '../admission/admission.service.js';
import type { Asked } from '../admission/asked.js';
import { SessionsRepository } from '../sessions/sessions.repository.js';
import { claimsRefusal } from './claims-refusal.js';
import type { GenuineLink } from '../link-kinds/genuine-link.js';
import { LinkKinds } from '../link-kinds/link-kinds.js';

@Injectable()
export class LinksService {
  constructor(
    private readonly kinds: LinkKinds,
    private readonly db: Database,
    private readonly admission: AdmissionService,
    private readonly sessions: SessionsRepository,
  ) {}

  async enter(text: string): Promise<EntryDto> {
    const link = await this.verify(text);
    return this.admission.admit(await this.read(link));
  }

  /** What the link is for; whether it lets anybody in is found out by entering. */
  async preview(text: string): Promise<ReplyOf<typeof previewLink>> {
    const link = await this.verify(text);
    const invitation = link.toInvitation();
    const found = await this.db.read((tx) => this.sessions.findLatest(tx, link.orgId, invitation.sid));
    const open = found !== undefined && !found.session.isOver;
    return { ...invitation, state: open ? 'open' : 'waiting', participants: found?.participants ?? 0 };
  }

  private async verify(text: string): Promise<GenuineLink> {
    const link = await this.kinds.verify(text);
    noteOrg(link.orgId);
    return link;
  }

  /** A link that can't be understood is refused like any other: it is kept that it was. */
  private async read(link: GenuineLink): Promise<Asked> {
    try {
      return link.toAsked();
    } catch (error) {
      if (error instanceof AppError) await this.admission.refuse(claimsRefusal(link, error));
      throw error;
    }
  }
}
