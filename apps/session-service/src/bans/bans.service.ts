import { Injectable } from '@nestjs/common';
import { type BanDto, type banEntry, banLifted, type banPerson, type EntryDto, type listBans, personBanned, type ReplyOf, type RequestOf } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Database, type Tx } from '@parley/persistence';
import { EntriesRepository } from '../entries/entries.repository.js';
import { entryDto } from '../entries/entry.entity.js';
import { MATCHES_AT_ONCE } from '../leases/live-entries.repository.js';
import { LeasesService } from '../leases/leases.service.js';
import { orgLock } from '../sessions/session-locks.js';
import { banDto, type BanRow, type NewBan } from './ban.entity.js';
import { banPast } from './bans.errors.js';
import { BansRepository } from './bans.repository.js';

type Terms = RequestOf<typeof banPerson>;

/** Who may not enter. Admission reads it in every decision, so it holds everywhere as soon as it is committed. */
@Injectable()
export class BansService {
  constructor(
    private readonly db: Database,
    private readonly bans: BansRepository,
    private readonly leases: LeasesService,
    private readonly entries: EntriesRepository,
  ) {}

  async ban({ orgId }: Actor, terms: Terms): Promise<BanDto> {
    return this.hold(await this.whom(orgId, terms));
  }

  async banEntry({ orgId }: Actor, { sid, entryId }: RequestOf<typeof banEntry>): Promise<EntryDto> {
    const place = { orgId, sid, entryId };
    await this.db.read((tx) => this.entries.get(tx, place));
    const { person, people } = await this.db.read((tx) => this.bans.whose(tx, orgId, entryId));
    await this.hold({ orgId, person, people, sid, until: null, reason: null });
    return entryDto(await this.db.read((tx) => this.entries.get(tx, place)));
  }

  /** The second time the answer is the same. */
  lift({ orgId }: Actor, banId: string): Promise<BanDto> {
    return this.db.write([], async (tx) => {
      const ban = await this.bans.lock(tx, orgId, banId);
      if (ban.lifted) return banDto(ban);
      const lifted = await this.bans.lift(tx, ban.id);
      const liftedAt = (lifted.lifted ?? lifted.created).toISOString();
      tx.emit(banLifted, { ...envelopeOf(lifted), data: { ...placeOf(lifted), liftedAt } });
      return banDto(lifted);
    });
  }

  async get({ orgId }: Actor, banId: string): Promise<BanDto> {
    return banDto(await this.db.read((tx) => this.bans.get(tx, orgId, banId)));
  }

  async list({ orgId }: Actor, request: RequestOf<typeof listBans>): Promise<ReplyOf<typeof listBans>> {
    const page = await this.db.read((tx) => this.bans.list(tx, orgId, request));
    return { ...page, items: page.items.map(banDto) };
  }

  /** A mere name is a person in one session only, unless the org itself says more. */
  private async whom(orgId: string, terms: Terms): Promise<NewBan> {
    const { sid = null, until = null, reason = null } = terms;
    if ('person' in terms) return { orgId, person: terms.person, people: [terms.person], sid, until, reason };
    const found = await this.db.read((tx) => this.bans.whose(tx, orgId, terms.entryId));
    return { orgId, person: found.person, people: found.people, sid: sid ?? (found.person.startsWith('name:') ? found.sid : null), until, reason };
  }

  /**
   * The ban and the end of what it ends are one transaction, beside which no admission of the org is under way. Somebody who is in
   * more sessions than one transaction can lock is put out of the others by the next ones: by then nobody can come back.
   */
  private async hold(ban: NewBan): Promise<BanDto> {
    const { held, ended } = await this.db.write([orgLock(ban.orgId)], async (tx) => {
      const row = await this.bans.save(tx, ban);
      if (!row.active) throw banPast();
      tell(tx, row);
      return { held: banDto(row), ended: await this.leases.endMatching(tx, endOf(ban)) };
    });
    if (ended === MATCHES_AT_ONCE) await this.leases.endAllMatching(endOf(ban));
    return held;
  }
}

const endOf = ({ orgId, sid, people }: NewBan) => ({ match: { orgId, people, sid: sid ?? undefined }, reason: 'banned' as const });

const envelopeOf = ({ id, orgId, sequence }: BanRow) => ({ aggregate: `ban/${id}`, sequence, orgId });
const placeOf = ({ id, person, sid }: BanRow) => ({ banId: id, person, sid });

function tell(tx: Tx, held: BanRow): void {
  const data = { ...placeOf(held), until: held.until?.toISOString() ?? null, reason: held.reason, bannedAt: held.created.toISOString() };
  tx.emit(personBanned, { ...envelopeOf(held), data });
}
