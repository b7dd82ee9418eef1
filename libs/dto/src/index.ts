/**
 * The contracts of the system and nothing else: every message between processes is one exported constant here, with its
 * subject, schema and access rule. No Nest, no TypeORM, no NATS. Trap: these schemas are published; a field is only ever added
 * as optional, anything else is a new version.
 */
import './zod-messages.js';

export * from './app-error.js';
export * from './rate-limit.js';
export * from './contract.js';
export * from './common.contract.js';
export * from './auth.contract.js';
export * from './revocation.contract.js';
export * from './admin.contract.js';
export * from './clients.contract.js';
export * from './audit.contract.js';
export * from './keys.contract.js';
export * from './subscription.contract.js';
export * from './session.contract.js';
export * from './schedule.contract.js';
export * from './session-settings.contract.js';
export * from './admission.contract.js';
export * from './capability.js';
export * from './alias.contract.js';
export * from './opentok.contract.js';
export * from './call.contract.js';
export * from './canary.contract.js';
export * from './making.contract.js';
export * from './limits.contract.js';
export * from './placed-call.contract.js';
