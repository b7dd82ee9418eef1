/**
 * What specs stand on: a real PostgreSQL database and a real broker of their own, and the whole system as child processes, one for all
 * (`sharedSystem`) or one for a spec (`startSystem`). It promises that nothing outlives the test run, not even a killed one, and that two
 * specs share no state but in the system for all, where each has its own organisations. It starts no fakes of our own code.
 * Trap: the database server and the shared system are the run's, from jest's global setup, so `testDatabase`, `sharedSystem` and
 * `startSystem` work only in the `db` and `e2e` projects (`*.db.spec.ts`, `e2e/*.e2e.ts`).
 */
export { eventually, notYet, type NotYet } from './eventually.js';
export { attacked, itRefusesTheKeyOf, itWithstandsForgery, REFUSED } from './forgery/attacked.js';
export { forgeries, takeApart, type Forgery, type Genuine, type Parts } from './forgery/forgeries.js';
export { compact, ecdsa, hmac, type Json, type Sign } from './forgery/jws.js';
export { headerMisissues, kindMisissues, timeMisissues, type Issuer, type Misissue } from './forgery/misissued.js';
export { withOtherS } from './forgery/signatures.js';
export { type Hs256Vector, hs256Vectors, isJudged, lostTheirFault, tooLenient, withClaims } from './forgery/wycheproof-hs256.js';
export { opentokSdk, type SdkAnswer, type SdkClient } from './opentok-sdk.js';
export { administer, createOrg } from './org.js';
export { patiently } from './patiently.js';
export { blocksOf, explained, type Explained, type Plan, shapeOf } from './plan.js';
export { runSql } from './run-sql.js';
export { type Statement, statementsOf } from './statements.js';
export { tcpProxy, type TcpProxy } from './tcp-proxy.js';
export { tempFolder, type TempFolder } from './temp-folder.js';
export { makeTemplate, systemDatabase, testDatabase, type SystemDatabase, type TestDatabase } from './test-database.js';
export { testNats, type TestNats, type TestNatsOptions } from './test-nats.js';
export { testPostgres, type TestPostgres } from './test-postgres.js';
export { backlogOf, burstBalloon, fillBalloon, inflateBalloon, leaderOfStream, limitAge, markOf, missMessages, onBroker, publishRaw, purgeStream, readStream, replicate, stealFrom, type StoredMessage, type StreamMark } from './test-stream.js';
export { faultsOf, type History, readHistory } from './session-history.js';
export { checkout } from '../../../tools/stack/checkout.js';
export { keepDemo } from '../../../tools/stack/demo-file.js';
export { eventsNameOf, permissionsOfListener, type Permissions, systemIdentities } from '../../../tools/stack/nats-identities.js';
export { freePort } from '../../../tools/stack/ports.js';
export type { ProcessState } from '../../../tools/stack/run-state.js';
export { isRunning, signalProcess } from '../../../tools/stack/running.js';
export { serviceNames } from '../../../tools/stack/services.js';
export { isReachableByOthers } from '../../../tools/stack/system-user.js';
export { startLauncher, type Launcher, type LauncherOptions } from './launcher.js';
export { sharedSystem } from './shared-system.js';
export { startSystem } from './system.js';
export { KeptProcess } from './system-process.js';
export type { OrgCredentials, ProcessLog, ServiceName, SharedSystem, System, SystemOptions, SystemProcess } from './system.types.js';
