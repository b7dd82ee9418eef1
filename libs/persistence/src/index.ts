/**
 * A service and its own PostgreSQL schema. Promises: what `Database.write` commits is whole, state and the events that tell of
 * it together; locks are taken in one order by everybody; a statement never outlives its request. Refuses: a second use of the
 * database inside `write` or `read`, facts that don't fit their contract, a commit after a swallowed failure.
 * Trap: never lock and count in one statement; it counts with the snapshot from before the wait. Take locks through `write`, then
 * read in a statement of its own. And the time of every rule is SQL's `parley_now()`, never `new Date()` or `now()`.
 */
export { baseMigrations, PARTITION_DAYS_AHEAD } from './base.migration.js';
export { Database, type DatabaseOptions } from './database.js';
export { DatabaseModule } from './database.module.js';
export { type KeyChange, type KeyNote, KeyRing, type KeyRingOptions, type Rotation } from './key-ring.js';
export { type Lock, shared, type SharedLock } from './locks.js';
export { type MigrationClass, type MigrationOptions, runMigrations } from './migrations.js';
export { forgetIdempotency } from './idempotency.js';
export { type Fact, insertOutbox } from './outbox.js';
export { type ListSpec, listPage, type PageOf, type PageRequest, type PageSource, readPage } from './page.js';
export { Periodic } from './periodic.js';
export { prepared } from './prepared.js';
export { rewrapAll, type RewrapReport, rewrapUntilQuiet } from './rewrap-all.js';
export { Sealer, type SealContext } from './sealer.js';
export type { SealedTable } from './sealer-rewrap.js';
export type { Query, ReadTx, Tx } from './transaction.js';
export { uuidv7 } from './uuid.js';
