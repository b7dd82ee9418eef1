import { Injectable } from '@nestjs/common';
import type { SessionDto } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Database } from '@parley/persistence';
import { LeasesService } from '../leases/leases.service.js';
import { ValidFromRepository } from '../revocations/valid-from.repository.js';
import { SessionFinder } from './session-finder.js';
import { sessionLock } from './session-locks.js';

@Injectable()
export class SessionsService {
  constructor(
    private readonly db: Database,
    private readonly finder: SessionFinder,
    private readonly leases: LeasesService,
    private readonly validFrom: ValidFromRepository,
  ) {}

  get({ orgId }: Actor, sid: string): Promise<SessionDto> {
    return this.db.read((tx) => this.finder.describe(tx, orgId, sid));
  }

  /** Ends what runs under the name, if anything does, and closes the name to every link signed before now (coviu.md, C11). */
  end({ orgId }: Actor, sid: string): Promise<SessionDto> {
    return this.db.write([sessionLock(orgId, sid)], async (tx) => {
      await this.finder.describe(tx, orgId, sid);
      const running = await this.finder.findRunning(tx, orgId, sid);
      if (running) await this.leases.endSession(tx, running, 'ended');
      await this.validFrom.raise(tx, orgId, { kind: 'session', key: sid });
      return this.finder.describe(tx, orgId, sid);
    });
  }
}
