import { Injectable } from '@nestjs/common';
import type { ListOf, ListPage } from '@parley/dto';
import { type ReadTx, type Tx, uuidv7 } from '@parley/persistence';
import { isUuid } from '@parley/platform';
import { listAfter } from '../list-after.js';
import { User, type UserRow } from './user.entity.js';
import { userNotFound, usernameTaken } from './users.errors.js';

const columns = 'id, org_id as "orgId", username, active, calls_per_user as "callsPerUser"';

interface NewUser {
  username: string;
  passwordHash: string;
}

@Injectable()
export class UsersRepository {
  get(tx: ReadTx, orgId: string, userId: string): Promise<User> {
    return this.one(tx, orgId, { userId, locking: '' });
  }

  lock(tx: Tx, orgId: string, userId: string): Promise<User> {
    return this.one(tx, orgId, { userId, locking: 'for update' });
  }

  list(tx: ReadTx, orgId: string, page: ListPage): Promise<ListOf<User>> {
    const spec = { sql: `select ${columns}, ordinal from app_user where org_id = $1`, params: [orgId] };
    return listAfter<UserRow & { ordinal: number }, User>(tx, spec, page, (row) => new User(row));
  }

  async hasName(tx: ReadTx, orgId: string, username: string): Promise<boolean> {
    const found = await tx.query('select from app_user where org_id = $1 and username = $2', [orgId, username]);
    return found.length > 0;
  }

  /**
   * Somebody who is logged in, while neither they nor their org are disabled; whose org that is is the question here. Who may write
   * keeps it so until the end of the transaction.
   */
  async findActive(tx: Pick<ReadTx, 'query'>, userId: string, locking: '' | 'for share of u' = ''): Promise<User | undefined> {
    const [row] = await tx.query<UserRow>(
      `select u.id, org_id as "orgId", username, u.active, u.calls_per_user as "callsPerUser"
       from app_user u join org o on o.id = u.org_id where u.id = $1 and u.active and o.active ${locking}`,
      [userId],
    );
    return row && new User(row);
  }

  /** By a name as it was typed, whatever that is. */
  async findId(tx: ReadTx, orgId: string, typed: string): Promise<string | undefined> {
    const name = typed.normalize('NFC').replaceAll('\u0000', '\ufffd'); // PostgreSQL takes no NUL
    const [row] = await tx.query<{ id: string }>('select id from app_user where org_id = $1 and username = $2', [orgId, name]);
    return row?.id;
  }

  /** Neither the user nor the org is disabled, and it is this org, if it must be one. */
  async isActive(db: Pick<ReadTx, 'query'>, userId: string, orgId: string | undefined): Promise<boolean> {
    if (!isUuid(userId)) return false;
    const found = await db.query(
      'select from app_user u join org o on o.id = u.org_id where u.id = $1 and u.active and o.active and ($2::uuid is null or o.id = $2::uuid)',
      [userId, orgId ?? null],
    );
    return found.length > 0;
  }

  /** With the hash to which a password is to be shown; `active`: so is the org. */
  async findLogin(tx: ReadTx, orgId: string, username: string): Promise<User | undefined> {
    const [row] = await tx.query<UserRow & { passwordHash: string }>(
      `select u.id, org_id as "orgId", username, u.active and o.active as active, u.calls_per_user as "callsPerUser", password_hash as "passwordHash"
       from app_user u join org o on o.id = u.org_id where org_id = $1 and username = $2`,
      [orgId, username],
    );
    if (!row) return undefined;
    const { passwordHash, ...user } = row;
    return new User(user, passwordHash);
  }

  /** Another hash of the same password; undefined, if that has been replaced by somebody else. */
  async replaceHash(tx: Tx, user: User, passwordHash: string): Promise<User | undefined> {
    const replaced = await tx.query('update app_user set password_hash = $3 where id = $1 and password_hash = $2 returning 1', [user.id, user.shownTo, passwordHash]);
    return replaced.length === 1 ? new User(user.state, passwordHash) : undefined;
  }

  /** Whether nobody has disabled them or their org, or changed their password, since they showed it; so it stays until the end of the transaction. */
  async isStillIn(tx: Tx, { id, shownTo }: User): Promise<boolean> {
    const found = await tx.query('select from app_user u join org o on o.id = u.org_id where u.id = $1 and u.active and o.active and password_hash = $2 for share of u', [id, shownTo]);
    return found.length > 0;
  }

  /** Waits for whoever is about to take the name. @throws `user.username_taken` */
  async insert(tx: Tx, orgId: string, { username, passwordHash }: NewUser): Promise<User> {
    const [row] = await tx.query<UserRow>(
      `insert into app_user (id, org_id, username, password_hash) values ($1, $2, $3, $4) on conflict (org_id, username) do nothing returning ${columns}`,
      [uuidv7(), orgId, username, passwordHash],
    );
    if (!row) throw usernameTaken();
    return new User(row);
  }

  /** The password stays what it is unless there is a hash of another. */
  async save(tx: Tx, { state: { id, orgId, active, callsPerUser } }: User, passwordHash: string | undefined): Promise<void> {
    await tx.query('update app_user set active = $3, calls_per_user = $4, password_hash = coalesce($5, password_hash) where org_id = $1 and id = $2', [
      orgId,
      id,
      active,
      callsPerUser,
      passwordHash ?? null,
    ]);
  }

  private async one(tx: ReadTx, orgId: string, { userId, locking }: { userId: string; locking: '' | 'for update' }): Promise<User> {
    const sql = `select ${columns} from app_user where org_id = $1 and id = $2 ${locking}`;
    const [row] = isUuid(userId) ? await tx.query<UserRow>(sql, [orgId, userId]) : [];
    if (!row) throw userNotFound();
    return new User(row);
  }
}
