import { Injectable } from '@nestjs/common';
import type { AliasType } from '@parley/dto';
import { listPage, type PageOf, type PageRequest, prepared, type Query, type ReadTx, Sealer, type Tx } from '@parley/persistence';
import { Alias, type AliasRow } from './alias.entity.js';
import { isAliasId } from './alias-id.js';
import { type AliasSecrets, hasSecrets, noSecrets } from './alias-secrets.js';
import { aliasNotFound } from './aliases.errors.js';

/** With the time at which it was found. */
export interface FoundAlias {
  alias: Alias;
  now: Date;
}

type StoredRow = AliasRow & { sealed: string | null };

const columns = `a.uid, a.id, a.org_id as "orgId", a.client_id as "clientId", a.sid, a.type, a.name, a.sealed, a.expires, a.created, a.sequence`;

/** Whose it is is the question here, so there is no org to ask for. */
const findSql = prepared('alias', `select ${columns}, parley_now() as now from alias a where a.id = $1`);

@Injectable()
export class AliasesRepository {
  constructor(private readonly sealer: Sealer) {}

  /** Whoever's it is. */
  async find(db: { query: Query }, aliasId: string): Promise<FoundAlias | undefined> {
    const [row] = isAliasId(aliasId) ? await db.query<StoredRow & { now: Date }>(findSql, [aliasId]) : [];
    return row && { alias: this.aliasOf(row), now: row.now };
  }

  async get(db: { query: Query }, orgId: string, aliasId: string): Promise<FoundAlias> {
    const found = await this.find(db, aliasId);
    if (found?.alias.orgId !== orgId) throw aliasNotFound();
    return found;
  }

  async lock(tx: Tx, orgId: string, aliasId: string): Promise<Alias> {
    const sql = `select ${columns} from alias a where a.id = $1 and a.org_id = $2 for update`;
    const [row] = isAliasId(aliasId) ? await tx.query<StoredRow>(sql, [aliasId, orgId]) : [];
    if (!row) throw aliasNotFound();
    return this.aliasOf(row);
  }

  list(tx: ReadTx, orgId: string, { type, ...page }: PageRequest & { type?: AliasType | undefined }): Promise<PageOf<Alias>> {
    const where = type === undefined ? 'a.org_id = $1' : 'a.org_id = $1 and a.type = $2';
    const params = type === undefined ? [orgId] : [orgId, type];
    return listPage(tx, { select: columns, from: 'alias a', where, params, key: 'a.position' }, page, (row: StoredRow) => this.aliasOf(row));
  }

  /** How many of these ids are in use. */
  async taken(tx: Tx, ids: readonly string[]): Promise<number> {
    const [row] = await tx.query<{ taken: number }>('select count(*) as taken from alias where id = any($1)', [ids]);
    return row?.taken ?? 0;
  }

  /** @returns false if the id has just been taken */
  async insert(tx: Tx, alias: Alias): Promise<boolean> {
    const { uid, id, orgId, clientId, sid, type, name, expires, created, sequence } = alias.toRow();
    const rows = await tx.query(
      `insert into alias (uid, id, org_id, client_id, sid, type, name, sealed, expires, created, sequence)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (id) do nothing returning 1`,
      [uid, id, orgId, clientId, sid, type, name, this.seal(alias), expires, created, sequence],
    );
    return rows.length > 0;
  }

  /** A new time can be reached anew. */
  async save(tx: Tx, alias: Alias): Promise<void> {
    const { uid, type, name, expires, sequence } = alias.toRow();
    await tx.query(
      `update alias set type = $2, name = $3, sealed = $4, expiry_told = expiry_told and expires = $5, expires = $5, sequence = $6 where uid = $1`,
      [uid, type, name, this.seal(alias), expires, sequence],
    );
  }

  async remove(tx: Tx, alias: Alias): Promise<void> {
    await tx.query('delete from alias where uid = $1', [alias.toRow().uid]);
  }

  /** Locked: some that have expired without anybody having been told, as far as nobody else is at work on them. */
  async takeExpired(tx: Tx, limit: number): Promise<Alias[]> {
    const sql = `select ${columns} from alias a where not expiry_told and expires <= parley_now() order by expires limit $1 for update skip locked`;
    return (await tx.query<StoredRow>(sql, [limit])).map((row) => this.aliasOf(row));
  }

  async markExpired(tx: Tx, aliases: readonly Alias[]): Promise<void> {
    const told = aliases.map((alias) => alias.toRow());
    await tx.query(
      `update alias set expiry_told = true, sequence = told.sequence
       from unnest($1::uuid[], $2::bigint[]) as told (uid, sequence) where alias.uid = told.uid`,
      [told.map(({ uid }) => uid), told.map(({ sequence }) => sequence)],
    );
  }

  private aliasOf({ uid, id, orgId, clientId, sid, type, name, sealed, expires, created, sequence }: StoredRow): Alias {
    const secrets = sealed === null ? noSecrets : (JSON.parse(this.sealer.open(sealed, sealContext(uid, orgId))) as AliasSecrets);
    return new Alias({ uid, id, orgId, clientId, sid, type, name, expires, created, sequence }, secrets);
  }

  private seal(alias: Alias): string | null {
    const { uid, orgId } = alias.toRow();
    return hasSecrets(alias.secrets) ? this.sealer.seal(JSON.stringify(alias.secrets), sealContext(uid, orgId)) : null;
  }
}

const sealContext = (uid: string, org: string) => ({ table: 'alias', row: uid, org });
