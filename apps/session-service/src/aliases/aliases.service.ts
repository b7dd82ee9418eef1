import { Injectable } from '@nestjs/common';
import type { AliasChange, AliasDto, authorizeStream, listAliases, NewAlias, ReplyOf, RequestOf } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Database, type Tx, uuidv7 } from '@parley/persistence';
import { Alias } from './alias.entity.js';
import { freeAliasId } from './alias-id.js';
import { isSame } from './alias-secrets.js';
import { streamRefused } from './aliases.errors.js';
import { AliasesRepository, type FoundAlias } from './aliases.repository.js';

/** What an org does with its aliases. */
@Injectable()
export class AliasesService {
  constructor(
    private readonly db: Database,
    private readonly aliases: AliasesRepository,
  ) {}

  create(actor: Actor, input: NewAlias): Promise<AliasDto> {
    return this.db.write([], async (tx) => (await this.insertNew(tx, actor, input)).toDto());
  }

  async list({ orgId }: Actor, request: RequestOf<typeof listAliases>): Promise<ReplyOf<typeof listAliases>> {
    const page = await this.db.read((tx) => this.aliases.list(tx, orgId, request));
    return { ...page, items: page.items.map((alias) => alias.toDto()) };
  }

  async get({ orgId }: Actor, aliasId: string): Promise<AliasDto> {
    return (await this.own(orgId, aliasId)).alias.toDto();
  }

  /** Whoever's it is, with the time by which it is judged. */
  find(aliasId: string): Promise<FoundAlias | undefined> {
    return this.aliases.find(this.db, aliasId);
  }

  /** @throws `alias.not_found` unless it is the org's */
  own(orgId: string, aliasId: string): Promise<FoundAlias> {
    return this.aliases.get(this.db, orgId, aliasId);
  }

  change({ orgId }: Actor, aliasId: string, change: AliasChange): Promise<AliasDto> {
    return this.db.write([], async (tx) => {
      const alias = await this.aliases.lock(tx, orgId, aliasId);
      alias.change(tx, change);
      await this.aliases.save(tx, alias);
      return alias.toDto();
    });
  }

  remove({ orgId }: Actor, aliasId: string): Promise<AliasDto> {
    return this.db.write([], async (tx) => {
      const alias = await this.aliases.lock(tx, orgId, aliasId);
      alias.tellDeleted(tx, await nowOf(tx));
      await this.aliases.remove(tx, alias);
      return alias.toDto();
    });
  }

  async authorizeStream({ orgId }: Actor, { aliasId, streamKey }: RequestOf<typeof authorizeStream>): Promise<ReplyOf<typeof authorizeStream>> {
    const { alias, now } = await this.own(orgId, aliasId);
    const key = alias.secrets.streamKey;
    if (key === null || !isSame(streamKey, key) || alias.isExpired(now)) throw streamRefused();
    const { sid, type } = alias.toRow();
    return { aliasId, orgId, sid, type };
  }

  /** @returns how many had expired without anybody having been told */
  tellExpired(limit: number): Promise<number> {
    return this.db.write([], async (tx) => {
      const expired = await this.aliases.takeExpired(tx, limit);
      expired.forEach((alias) => alias.tellExpired(tx));
      if (expired.length > 0) await this.aliases.markExpired(tx, expired);
      return expired.length;
    });
  }

  /** Another id if somebody was quicker: then nothing was written, and what was told is taken back. */
  private async insertNew(tx: Tx, { orgId, clientId }: Actor, input: NewAlias): Promise<Alias> {
    const created = await nowOf(tx);
    for (;;) {
      const id = await freeAliasId((ids) => this.aliases.taken(tx, ids));
      const alias = Alias.create({ uid: uuidv7(), id, orgId, clientId, created }, input);
      alias.tellCreated(tx);
      if (await this.aliases.insert(tx, alias)) return alias;
      tx.takeEvents();
    }
  }
}

async function nowOf(tx: Tx): Promise<Date> {
  const [row] = await tx.query<{ now: Date }>('select parley_now() as now');
  if (!row) throw new Error('the database has no clock');
  return row.now;
}
