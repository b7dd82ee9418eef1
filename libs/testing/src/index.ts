/**
 * What specs stand on: a real PostgreSQL database and a real broker of their own, and the whole system as child processes. It promises
 * that nothing outlives the test run, not even a killed one, and that two specs never share state. It starts no fakes of our own code.
 * Trap: the database server is the run's, from jest's global setup, so `testDatabase` and `startSystem` work only in the `db` and
 * `e2e` projects (`*.db.spec.ts`, `e2e/*.e2e.ts`).
 */
export { eventually, notYet, type NotYet } from './eventually.js';
export { testDatabase, type TestDatabase } from './test-database.js';
export { testNats, type TestNats } from './test-nats.js';
export { startSystem } from './system.js';
export type { OrgCredentials, ServiceName, System, SystemOptions, SystemProcess } from './system.types.js';
