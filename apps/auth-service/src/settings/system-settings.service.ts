import { Injectable } from '@nestjs/common';
import type { Limits, SettingsChange, SettingsDto } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Database } from '@parley/persistence';
import { recordAct } from '../audit/record-act.js';
import { tellRule } from '../call-rules/call-rules.js';
import { AdminReach } from '../orgs/admin-reach.js';
import { effectiveLimits } from './effective-limits.js';
import { SystemSettingsRepository } from './system-settings.repository.js';

/** What the operator has set for every org. */
@Injectable()
export class SystemSettingsService {
  constructor(
    private readonly db: Database,
    private readonly settings: SystemSettingsRepository,
    private readonly reach: AdminReach,
  ) {}

  async read(actor: Actor): Promise<SettingsDto> {
    this.reach.requireOperator(actor);
    return toDto(await this.db.read((tx) => this.settings.get(tx)));
  }

  async change(actor: Actor, { limits }: SettingsChange): Promise<SettingsDto> {
    this.reach.requireOperator(actor);
    return this.db.write([], async (tx) => {
      const { callsPerUser, ongoingCalls } = await this.settings.lock(tx);
      const changed = { callsPerUser: limits.callsPerUser === undefined ? callsPerUser : limits.callsPerUser, ongoingCalls: limits.ongoingCalls === undefined ? ongoingCalls : limits.ongoingCalls };
      await this.settings.save(tx, changed);
      await tellRule(tx, { kind: 'everyone' });
      recordAct(tx, actor, { act: 'settings.changed', target: { kind: 'settings', id: 'all' }, details: { limits } });
      return toDto(changed);
    });
  }
}

const toDto = (limits: Limits): SettingsDto => ({ limits: effectiveLimits(limits) });
