import { Injectable } from '@nestjs/common';
import type { issueOrgToken, ListOf, ListPage, OrgTokenDto, ReplyOf } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Database } from '@parley/persistence';
import { recordAct } from '../audit/record-act.js';
import { AdminReach } from '../orgs/admin-reach.js';
import { RevocationsService } from '../revocations/revocations.service.js';
import { couldBeOrgToken, newOrgToken } from './org-token.entity.js';
import { OrgTokensRepository, type WorkingToken } from './org-tokens.repository.js';

interface Place {
  orgId: string;
  tokenId: string;
}

@Injectable()
export class OrgTokensService {
  constructor(
    private readonly db: Database,
    private readonly tokens: OrgTokensRepository,
    private readonly reach: AdminReach,
    private readonly revocations: RevocationsService,
  ) {}

  /** The token that it is, if it works. What can be none costs no look. */
  find(token: string): Promise<WorkingToken | undefined> {
    if (!couldBeOrgToken(token)) return Promise.resolve(undefined);
    return this.db.read((tx) => this.tokens.findByToken(tx, token));
  }

  issue(actor: Actor, orgId: string, name: string): Promise<ReplyOf<typeof issueOrgToken>> {
    const token = newOrgToken();
    return this.db.write([], async (tx) => {
      await this.reach.enter(tx, actor, orgId);
      const issued = await this.tokens.insert(tx, orgId, { name, token });
      recordAct(tx, actor, { orgId, act: 'org-token.created', target: { kind: 'org-token', id: issued.id }, details: { name } });
      return { ...issued.toDto(), token };
    });
  }

  list(actor: Actor, orgId: string, page: ListPage): Promise<ListOf<OrgTokenDto>> {
    return this.db.read(async (tx) => {
      await this.reach.enter(tx, actor, orgId);
      const { items, next } = await this.tokens.list(tx, orgId, page);
      return { items: items.map((token) => token.toDto()), next };
    });
  }

  read(actor: Actor, { orgId, tokenId }: Place): Promise<OrgTokenDto> {
    return this.db.read(async (tx) => {
      await this.reach.enter(tx, actor, orgId);
      return (await this.tokens.get(tx, orgId, tokenId)).toDto();
    });
  }

  /** What it was exchanged for says its id in the place of a client's. */
  revoke(actor: Actor, { orgId, tokenId }: Place): Promise<OrgTokenDto> {
    return this.db.write([], async (tx) => {
      await this.reach.enter(tx, actor, orgId);
      const token = await this.tokens.lock(tx, orgId, tokenId);
      if (!token.active) return token.toDto();
      token.revoke();
      await this.tokens.save(tx, token);
      await this.revocations.revoke(tx, { kind: 'client', key: tokenId, orgId });
      recordAct(tx, actor, { orgId, act: 'org-token.revoked', target: { kind: 'org-token', id: tokenId } });
      return token.toDto();
    });
  }
}
