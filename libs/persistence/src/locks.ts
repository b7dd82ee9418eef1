import type { PoolClient } from 'pg';

/** A name that nobody else may hold meanwhile; or, shared, one that is only kept from being locked alone. */
export type Lock = string | SharedLock;
export interface SharedLock {
  readonly shared: string;
}

/** For whoever relies on something that is hardly ever changed: they pass each other, and the one who changes it waits for them. */
export const shared = (key: string): SharedLock => ({ shared: key });

const keyOf = (lock: Lock): string => (typeof lock === 'string' ? lock : lock.shared);

/** The calls that take the locks, in the order of their keys: everybody takes them in the same one. A key is locked once. */
export function lockCalls(client: Pick<PoolClient, 'escapeLiteral'>, locks: readonly Lock[]): string {
  const byKey = new Map(locks.map((lock) => [keyOf(lock), lock]));
  return [...byKey]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, lock]) => `pg_advisory_xact_lock${typeof lock === 'string' ? '' : '_shared'}(hashtextextended(${client.escapeLiteral(key)}, 0))`)
    .join(', ');
}
