import { Injectable } from '@nestjs/common';
import { type changeSessionSettings, type changeOrgSettings, type OrgSettingsDto, orgSettingsChanged, type RequestOf, type SessionSettings, sessionSettingsChanged, type SessionSettingsDto, type SessionWindow } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Database } from '@parley/persistence';
import { standingOf, type StandingRow } from '../schedule/standing.js';
import { sessionLock } from '../sessions/session-locks.js';
import { LifecycleService } from './lifecycle.service.js';
import { windowInvalid, windowIsPlanned } from './settings.errors.js';
import { SettingsRepository, WHOLE_ORG } from './settings.repository.js';
import { effective, nothingSet, termsOf } from './terms.js';

/** What ends sessions by themselves, as an org wants it: for all of them, or for one. */
@Injectable()
export class SettingsService {
  constructor(
    private readonly db: Database,
    private readonly settings: SettingsRepository,
    private readonly lifecycle: LifecycleService,
  ) {}

  async ofOrg({ orgId }: Actor): Promise<OrgSettingsDto> {
    return orgDto(orgId, await this.db.read((tx) => this.settings.standing(tx, orgId, WHOLE_ORG)));
  }

  /** Holds for occurrences that begin from now on. */
  changeOrg({ orgId }: Actor, { sessions }: RequestOf<typeof changeOrgSettings>): Promise<OrgSettingsDto> {
    return this.db.write([settingsLock(orgId)], async (tx) => {
      const standing = await this.settings.standing(tx, orgId, WHOLE_ORG);
      const org = { ...standing.settings?.org, ...sessions };
      const sequence = await this.settings.save(tx, { orgId, sid: WHOLE_ORG }, org);
      tx.emit(orgSettingsChanged, { aggregate: `settings/${orgId}`, sequence, orgId, data: { sessions: onlyLimits(org) } });
      return orgDto(orgId, { ...standing, settings: { org } });
    });
  }

  async ofSession({ orgId }: Actor, sid: string): Promise<SessionSettingsDto> {
    return sessionDto({ orgId, sid }, await this.db.read((tx) => this.settings.standing(tx, orgId, sid)));
  }

  /** Holds at once. */
  changeSession({ orgId }: Actor, { sid, sessions, window }: RequestOf<typeof changeSessionSettings>): Promise<SessionSettingsDto> {
    return this.db.write([sessionLock(orgId, sid)], async (tx) => {
      const standing = await this.settings.standing(tx, orgId, sid);
      if (window && standing.plan) throw windowIsPlanned();
      const { window: before, ...limits } = standing.settings?.session ?? {};
      const session = { ...limits, ...sessions, window: requireOrder({ from: null, until: null, ...before, ...window }) };
      const sequence = await this.settings.save(tx, { orgId, sid }, session);
      await this.lifecycle.apply(tx, orgId, sid);
      const dto = sessionDto({ orgId, sid }, { ...standing, settings: { ...standing.settings, session } });
      tx.emit(sessionSettingsChanged, { aggregate: `settings/${orgId}/${sid}`, sequence, orgId, data: { sid, sessions: dto.sessions, window: dto.window } });
      return dto;
    });
  }
}

const settingsLock = (orgId: string): string => `1 settings ${orgId}`;

function requireOrder(window: SessionWindow): SessionWindow {
  if (window.from !== null && window.until !== null && window.until <= window.from) throw windowInvalid();
  return window;
}

const onlyLimits = (settings: Partial<SessionSettings> | undefined): SessionSettings => {
  const { maxDuration, emptyTimeout, lastLeftTimeout, ownerGoneTimeout } = { ...nothingSet, ...settings };
  return { maxDuration, emptyTimeout, lastLeftTimeout, ownerGoneTimeout };
};

const orgDto = (orgId: string, { settings }: StandingRow): OrgSettingsDto => ({
  orgId,
  sessions: onlyLimits(settings?.org),
  effective: effective(termsOf([settings?.org])),
});

function sessionDto({ orgId, sid }: { orgId: string; sid: string }, standing: StandingRow): SessionSettingsDto {
  const { opens, closes, terms } = standingOf(standing);
  const window = { from: opens?.toISOString() ?? null, until: closes?.toISOString() ?? null };
  return { orgId, sid, sessions: onlyLimits(standing.settings?.session), effective: effective(terms), window };
}
