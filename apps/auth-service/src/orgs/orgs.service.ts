import { Injectable } from '@nestjs/common';
import type { ListOf, ListPage, OrgAdminDto, OrgChange, OrgDto } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Database } from '@parley/persistence';
import { recordAct } from '../audit/record-act.js';
import { tellRule } from '../call-rules/call-rules.js';
import { RevocationsService } from '../revocations/revocations.service.js';
import { AdminReach } from './admin-reach.js';
import { OrgsRepository } from './orgs.repository.js';

@Injectable()
export class OrgsService {
  constructor(
    private readonly db: Database,
    private readonly orgs: OrgsRepository,
    private readonly reach: AdminReach,
    private readonly revocations: RevocationsService,
  ) {}

  async get({ orgId }: Pick<Actor, 'orgId'>): Promise<OrgDto> {
    const org = await this.db.read((tx) => this.orgs.get(tx, orgId));
    return org.toDto();
  }

  async register(actor: Actor, name: string): Promise<OrgAdminDto> {
    this.reach.requireOperator(actor);
    return this.db.write([], async (tx) => {
      const org = await this.orgs.insert(tx, name);
      recordAct(tx, actor, { orgId: org.id, act: 'org.created', target: { kind: 'org', id: org.id }, details: { name } });
      return org.toAdminDto();
    });
  }

  list(actor: Actor, page: ListPage): Promise<ListOf<OrgAdminDto>> {
    return this.db.read(async (tx) => {
      const { items, next } = await this.orgs.list(tx, await this.reach.only(tx, actor), page);
      return { items: items.map((org) => org.toAdminDto()), next };
    });
  }

  read(actor: Actor, orgId: string): Promise<OrgAdminDto> {
    return this.db.read(async (tx) => {
      await this.reach.enter(tx, actor, orgId);
      return (await this.orgs.get(tx, orgId)).toAdminDto();
    });
  }

  change(actor: Actor, orgId: string, change: OrgChange): Promise<OrgAdminDto> {
    return this.db.write([], async (tx) => {
      await this.reach.enter(tx, actor, orgId);
      const org = await this.orgs.lock(tx, orgId);
      const wasActive = org.active;
      org.change(change);
      await this.orgs.save(tx, org);
      if (change.limits) await tellRule(tx, { kind: 'org', orgId, key: orgId });
      if (wasActive && !org.active) await this.revocations.revoke(tx, { kind: 'org', key: orgId, orgId });
      const act = wasActive === org.active ? 'org.changed' : org.active ? 'org.enabled' : 'org.disabled';
      recordAct(tx, actor, { orgId, act, target: { kind: 'org', id: orgId }, details: change });
      return org.toAdminDto();
    });
  }
}
