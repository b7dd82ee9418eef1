import { Injectable } from '@nestjs/common';
import { type EntryDto, type previewLink, type ReplyOf, verifyLink } from '@parley/dto';
import { Database } from '@parley/persistence';
import { noteOrg } from '@parley/platform';
import { RpcClient } from '@parley/rpc';
import { AdmissionService } from '../admission/admission.service.js';
import { SessionsRepository } from '../sessions/sessions.repository.js';
import { SessionLink } from './session-link.js';

@Injectable()
export class LinksService {
  constructor(
    private readonly rpc: RpcClient,
    private readonly db: Database,
    private readonly admission: AdmissionService,
    private readonly sessions: SessionsRepository,
  ) {}

  async enter(text: string): Promise<EntryDto> {
    const link = await this.verify(text);
    return this.admission.admit(link.toAsked());
  }

  /** What the link is for; whether it lets anybody in is found out by entering. */
  async preview(text: string): Promise<ReplyOf<typeof previewLink>> {
    const { orgId, claims } = await this.verify(text);
    const found = await this.db.read((tx) => this.sessions.findLatest(tx, orgId, claims.sid));
    const open = found !== undefined && !found.session.isOver;
    return {
      name: claims.un,
      role: claims.rle,
      sid: claims.sid,
      picture: claims.img ?? null,
      returnUrl: claims.rtn ?? null,
      state: open ? 'open' : 'waiting',
      participants: found?.participants ?? 0,
    };
  }

  private async verify(link: string): Promise<SessionLink> {
    const verified = await this.rpc.call(verifyLink, { link });
    noteOrg(verified.orgId);
    return SessionLink.of(link, verified);
  }
}
