import { Injectable } from '@nestjs/common';
import type { EntryDto, listEntries, listPresences, PresenceDto, ReplyOf, RequestOf, Role } from '@parley/dto';
import type { Actor, EntryActor } from '@parley/jwt';
import { Database } from '@parley/persistence';
import { Heartbeats } from '../leases/heartbeats.js';
import type { Leaving } from '../leases/leases.repository.js';
import { LeasesService } from '../leases/leases.service.js';
import { sessionLock } from '../sessions/session-locks.js';
import { entryDto } from './entry.entity.js';
import { entryEnded, entryTokenMismatch } from './entries.errors.js';
import { EntriesRepository, type EntryPlace, type PresenceRow } from './entries.repository.js';

type InSession = Omit<EntryPlace, 'orgId'>;

@Injectable()
export class EntriesService {
  constructor(
    private readonly db: Database,
    private readonly entries: EntriesRepository,
    private readonly leases: LeasesService,
    private readonly heartbeats: Heartbeats,
  ) {}

  async list({ orgId }: Actor, request: RequestOf<typeof listEntries>): Promise<ReplyOf<typeof listEntries>> {
    const page = await this.db.read((tx) => this.entries.list(tx, orgId, request));
    return { ...page, items: page.items.map(entryDto) };
  }

  async heartbeat(actor: EntryActor, place: InSession): Promise<EntryDto> {
    refuseForeign(actor, place);
    const entry = await this.heartbeats.beat(actor.entryId);
    if (!entry) throw entryEnded();
    return entryDto(entry);
  }

  async leave(actor: EntryActor, place: InSession): Promise<EntryDto> {
    refuseForeign(actor, place);
    return this.end({ ...place, orgId: actor.orgId }, 'left');
  }

  remove({ orgId }: Actor, place: InSession): Promise<EntryDto> {
    return this.end({ ...place, orgId }, 'removed');
  }

  /** Who is in a session, and who was. */
  async presences({ orgId }: Actor, request: RequestOf<typeof listPresences>): Promise<ReplyOf<typeof listPresences>> {
    const page = await this.db.read((tx) => this.entries.presences(tx, orgId, request));
    return { ...page, items: page.items.map(presenceDto) };
  }

  /** Holds at once; the person's next heartbeat tells it. */
  changeRole({ orgId }: Actor, { role, ...inSession }: InSession & { role: Role }): Promise<EntryDto> {
    const place = { ...inSession, orgId };
    return this.db.write([sessionLock(orgId, place.sid)], async (tx) => {
      const { id, sessionId } = await this.entries.get(tx, place);
      await this.leases.changeRole(tx, sessionId, { entryIds: [id], role });
      const entry = await this.entries.get(tx, place);
      if (entry.endedAt) throw entryEnded();
      return entryDto(entry);
    });
  }

  private end(place: EntryPlace, reason: Leaving['reason']): Promise<EntryDto> {
    return this.db.write([sessionLock(place.orgId, place.sid)], async (tx) => {
      const entry = await this.entries.get(tx, place);
      if (entry.endedAt) return entryDto(entry);
      await this.leases.endEntry(tx, entry.sessionId, { entryId: entry.id, reason });
      return entryDto(await this.entries.get(tx, place));
    });
  }
}

const presenceDto = ({ enteredAt, endedAt, leaseUntil, ...row }: PresenceRow): PresenceDto => ({
  ...row,
  joined: enteredAt.toISOString(),
  left: endedAt?.toISOString() ?? null,
  leaseUntil: leaseUntil.toISOString(),
});

/** A token opens its own entry, in the session it was made for, and nothing else. */
function refuseForeign(actor: EntryActor, { sid, entryId }: InSession): void {
  if (actor.entryId !== entryId || actor.sid !== sid) throw entryTokenMismatch();
}
