import { Injectable } from '@nestjs/common';
import type { changeScheduledSession, listScheduledSessions, ReplyOf, RequestOf, ScheduledSessionDto, scheduleSession } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Database } from '@parley/persistence';
import { newInvitation } from '../participants/invitation.entity.js';
import { sessionLock } from '../sessions/session-locks.js';
import { LifecycleService } from '../settings/lifecycle.service.js';
import { type Planned, PlannedSessions } from './planned-sessions.js';
import { ScheduleRepository } from './schedule.repository.js';
import { ScheduledSession } from './scheduled-session.entity.js';

/** Sessions as the later API plans them. */
@Injectable()
export class ScheduleService {
  constructor(
    private readonly db: Database,
    private readonly schedule: ScheduleRepository,
    private readonly planned: PlannedSessions,
    private readonly lifecycle: LifecycleService,
  ) {}

  async create({ orgId, clientId }: Actor, { participants, ...plan }: RequestOf<typeof scheduleSession>): Promise<ScheduledSessionDto> {
    const planned = await this.db.write([], async (tx): Promise<Planned> => {
      const now = await this.schedule.now(tx);
      const session = ScheduledSession.plan(tx, { orgId, clientId }, plan, now);
      const rows = participants.map((participant) => newInvitation({ sid: session.sid, orgId, clientId }, participant, now));
      return this.planned.insert(tx, session, rows);
    });
    return this.planned.toDto(planned);
  }

  async list({ orgId }: Actor, request: RequestOf<typeof listScheduledSessions>): Promise<ReplyOf<typeof listScheduledSessions>> {
    const { planned, more } = await this.db.read(async (tx) => {
      const { items, more } = await this.schedule.list(tx, orgId, request);
      return { planned: await this.planned.complete(tx, orgId, { sessions: items, deleted: request.deleted }), more };
    });
    return { items: await Promise.all(planned.map((each) => this.planned.toDto(each))), more };
  }

  async get({ orgId }: Actor, { sid, deleted }: { sid: string; deleted: boolean }): Promise<ScheduledSessionDto> {
    const [planned] = await this.db.read(async (tx) => {
      const { session } = await this.schedule.get(tx, orgId, sid);
      return this.planned.complete(tx, orgId, { sessions: [session.requireKept()], deleted });
    });
    return this.planned.toDto(planned);
  }

  /** What runs already has the new window at once. */
  async change({ orgId }: Actor, { sid, ...change }: RequestOf<typeof changeScheduledSession>): Promise<ScheduledSessionDto> {
    const [planned] = await this.db.write([sessionLock(orgId, sid)], async (tx) => {
      const { session, now } = await this.schedule.get(tx, orgId, sid);
      session.change(tx, change, now);
      this.schedule.save(tx, session);
      await this.lifecycle.apply(tx, orgId, sid);
      return this.planned.complete(tx, orgId, { sessions: [session], deleted: false });
    });
    return this.planned.toDto(planned);
  }

  /** Its links stop. Whoever came a little early leaves. */
  cancel({ orgId }: Actor, sid: string): Promise<object> {
    return this.db.write([sessionLock(orgId, sid)], async (tx) => {
      const { session, now } = await this.schedule.get(tx, orgId, sid);
      session.cancel(tx, now);
      this.schedule.save(tx, session);
      await this.lifecycle.end(tx, { orgId, sid }, 'cancelled', 'declared');
      return {};
    });
  }
}
