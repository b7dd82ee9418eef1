import { Injectable } from '@nestjs/common';
import type { SessionDto } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Database } from '@parley/persistence';
import { LeasesService } from '../leases/leases.service.js';
import { ValidFromRepository } from '../revocations/valid-from.repository.js';
import { sessionLock } from './session-locks.js';
import { SessionsRepository } from './sessions.repository.js';

@Injectable()
export class SessionsService {
  constructor(
    private readonly db: Database,
    private readonly sessions: SessionsRepository,
    private readonly leases: LeasesService,
    private readonly validFrom: ValidFromRepository,
  ) {}

  async get({ orgId }: Actor, sid: string): Promise<SessionDto> {
    const { session, participants } = await this.db.read((tx) => this.sessions.getLatest(tx, orgId, sid));
    return session.toDto(participants);
  }

  /** Ends what runs under the name, if anything does, and closes the name to every link signed before now (coviu.md, C11). */
  end({ orgId }: Actor, sid: string): Promise<SessionDto> {
    return this.db.write([sessionLock(orgId, sid)], async (tx) => {
      const { session } = await this.sessions.getLatest(tx, orgId, sid);
      if (!session.isOver) await this.leases.endSession(tx, session.id, 'ended');
      await this.validFrom.raise(tx, orgId, { kind: 'session', key: sid });
      const after = await this.sessions.getLatest(tx, orgId, sid);
      return after.session.toDto(after.participants);
    });
  }
}
