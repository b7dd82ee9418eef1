/**
 * What every process of Parley has in common: it reads its configuration once, logs in one form, carries a request's id and
 * deadline along, tells whether it is well, and stops without dropping work. It knows nothing of messages or tables.
 * Trap: `currentRequest()` is empty outside a request (loops, start-up); code that needs it must cope.
 */
export * from './accept.js';
export * from './config.js';
export * from './health.js';
export * from './html.js';
export * from './ids.js';
export * from './logger.js';
export * from './metrics.js';
export * from './nats-options.js';
export * from './request-context.js';
export { LOGGER, PlatformModule } from './platform.module.js';
export * from './run-service.js';
