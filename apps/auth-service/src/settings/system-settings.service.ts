import { Injectable } from '@nestjs/common';
import type { Limits, SettingsChange, SettingsDto } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Database } from '@parley/persistence';
import { recordAct } from '../audit/record-act.js';
import { AdminReach } from '../orgs/admin-reach.js';
import { SystemSettingsRepository } from './system-settings.repository.js';

/** What holds where nobody has said otherwise (click-to-call.md, The limit). */
const defaults: Limits = { callsPerUser: 2, ongoingCalls: null };

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
      recordAct(tx, actor, { act: 'settings.changed', target: { kind: 'settings', id: 'all' }, details: { limits } });
      return toDto(changed);
    });
  }
}

const toDto = ({ callsPerUser, ongoingCalls }: Limits): SettingsDto => ({
  limits: { callsPerUser: callsPerUser ?? defaults.callsPerUser, ongoingCalls: ongoingCalls ?? defaults.ongoingCalls },
});
