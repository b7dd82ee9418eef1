import { prepared, type Tx } from '@parley/persistence';

/**
 * Locks are taken in the order of their keys, so the number in front puts every org before every subscription, and that before every
 * session: whoever holds a subscription's lock may still take those of the sessions it is in.
 *
 * An admission holds its org's lock shared. Who bans or revokes holds it alone: then no admission is under way that has not read of it.
 */
export const orgLock = (orgId: string): string => `0 org ${orgId}`;
export const subscriptionLock = (orgId: string, ref: string): string => `1 subscription ${orgId} ${ref}`;
export const sessionLock = (orgId: string, sid: string): string => `2 session ${orgId} ${sid}`;

const lockSql = prepared('lock-more', 'select pg_advisory_xact_lock(hashtextextended(key, 0)) from unnest($1::text[]) as key');

/** Takes more locks inside a transaction. Only keys that sort behind all those it holds. */
export async function lockMore(tx: Tx, keys: readonly string[]): Promise<void> {
  const sorted = [...new Set(keys)].sort();
  if (sorted.length > 0) await tx.query(lockSql, [sorted]);
}

/** SQL: whether the lock of the session in row `row` was free, and is now held by this transaction. */
export const trySessionLockSql = (row: string): string => `pg_try_advisory_xact_lock(hashtextextended('2 session ' || ${row}.org_id || ' ' || ${row}.sid, 0))`;
