import { Injectable } from '@nestjs/common';
import type { SessionDto } from '@parley/dto';
import type { ReadTx } from '@parley/persistence';
import { ScheduleRepository } from '../schedule/schedule.repository.js';
import { sessionNotFound } from './sessions.errors.js';
import { SessionsRepository } from './sessions.repository.js';

/** What there is under a session name. */
@Injectable()
export class SessionFinder {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly schedule: ScheduleRepository,
  ) {}

  /** What runs, last ran, or is planned. @throws `session.not_found` */
  async describe(tx: ReadTx, orgId: string, sid: string): Promise<SessionDto> {
    const found = await this.sessions.findLatest(tx, orgId, sid);
    const planned = found && !found.session.isOver ? undefined : await this.schedule.find(tx, orgId, sid);
    if (planned && (!found || planned.session.isCancelled)) return planned.session.toSession(planned.now);
    if (!found) throw sessionNotFound();
    return found.session.toDto(found.participants);
  }

  /** The id of what runs now. */
  findRunning(tx: ReadTx, orgId: string, sid: string): Promise<string | undefined> {
    return this.sessions.findRunning(tx, orgId, sid);
  }
}
