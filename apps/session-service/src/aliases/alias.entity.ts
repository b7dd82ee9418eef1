import { aliasCreated, aliasDeleted, type AliasChange, type AliasDto, aliasExpired, type AliasType, aliasUpdated, type DataInputOf, type EventContract, type NewAlias } from '@parley/dto';
import type { Tx } from '@parley/persistence';
import { type AliasSecrets, changedSecrets, noSecrets } from './alias-secrets.js';

/** A row of the table in our names, its secrets apart. */
export interface AliasRow {
  /** What it is; the events are counted by it. */
  uid: string;
  id: string;
  orgId: string;
  /** The API client that made it. */
  clientId: string;
  sid: string;
  type: AliasType;
  name: string | null;
  expires: Date;
  created: Date;
  sequence: number;
}

/** How a change names what it changes where people read it. */
const fieldNames: Readonly<Record<keyof AliasChange, string>> = {
  type: 'type',
  expiresAt: 'expired_at',
  name: 'name',
  passcode: 'passcode',
  jwtSecret: 'jwt_secret',
  streamKey: 'stream_key',
};

/** A short name for a session, with what protects it (datagram-link.md). It tells its own events; its row must be locked. */
export class Alias {
  constructor(
    private row: AliasRow,
    private hidden: AliasSecrets,
  ) {}

  static create(place: Pick<AliasRow, 'uid' | 'id' | 'orgId' | 'clientId' | 'created'>, { type, name, expiresAt, sid, ...secrets }: NewAlias): Alias {
    const row = { ...place, sid: sid ?? place.id, type, name: name ?? null, expires: new Date(expiresAt), sequence: 0 };
    return new Alias(row, changedSecrets(noSecrets, secrets));
  }

  get id(): string {
    return this.row.id;
  }

  get orgId(): string {
    return this.row.orgId;
  }

  get secrets(): AliasSecrets {
    return this.hidden;
  }

  get isProtected(): boolean {
    return this.hidden.passcode !== null || this.hidden.jwtSecret !== null;
  }

  /** Where its events stand. */
  get aggregate(): string {
    return `alias/${this.row.uid}`;
  }

  isExpired(now: Date): boolean {
    return this.row.expires <= now;
  }

  tellCreated(tx: Tx): void {
    this.tell(tx, aliasCreated, this.terms());
  }

  change(tx: Tx, change: AliasChange): void {
    const { type = this.row.type, expiresAt, name = this.row.name } = change;
    this.row = { ...this.row, type, name, expires: expiresAt === undefined ? this.row.expires : new Date(expiresAt) };
    this.hidden = changedSecrets(this.hidden, change);
    const changed = (Object.keys(fieldNames) as (keyof AliasChange)[]).filter((field) => change[field] !== undefined);
    this.tell(tx, aliasUpdated, { ...this.terms(), changed: changed.map((field) => fieldNames[field]) });
  }

  tellDeleted(tx: Tx, at: Date): void {
    this.tell(tx, aliasDeleted, { aliasId: this.row.id, sid: this.row.sid, deletedAt: at.toISOString() });
  }

  tellExpired(tx: Tx): void {
    this.tell(tx, aliasExpired, { aliasId: this.row.id, sid: this.row.sid, expiresAt: this.row.expires.toISOString() });
  }

  toRow(): AliasRow {
    return this.row;
  }

  /** For its org. */
  toDto(): AliasDto {
    const { id, orgId, sid, type, name, expires, created } = this.row;
    return { aliasId: id, orgId, sid, type, name, ...this.hidden, expiresAt: expires.toISOString(), createdAt: created.toISOString() };
  }

  /** For everybody else. */
  toPublicDto(): AliasDto {
    return { ...this.toDto(), ...noSecrets };
  }

  private terms(): DataInputOf<typeof aliasCreated> {
    const { id, sid, type, name, expires } = this.row;
    const { passcode, jwtSecret, streamKey } = this.hidden;
    const has = { passcode, jwt_secret: jwtSecret, stream_key: streamKey };
    const names = (Object.keys(has) as (keyof typeof has)[]).filter((secret) => has[secret] !== null);
    return { aliasId: id, sid, aliasType: type, name, expiresAt: expires.toISOString(), has: names };
  }

  private tell<C extends EventContract>(tx: Tx, contract: C, data: DataInputOf<C>): void {
    this.row = { ...this.row, sequence: this.row.sequence + 1 };
    tx.emit(contract, { aggregate: this.aggregate, sequence: this.row.sequence, orgId: this.row.orgId, data });
  }
}
