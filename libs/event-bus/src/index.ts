/**
 * Events between services. Promises: what `tx.emit` told in a committed transaction takes effect in every consumer exactly once,
 * in order within its aggregate, however often processes, broker and network fail; a failing event waits in the inbox and
 * holds up its own aggregate only. Refuses: any way to publish other than `tx.emit`, and effects outside the transaction.
 * Traps: events of different aggregates overtake each other, so a handler that misses something throws `not_found` and is tried
 * again; behind a dead event its aggregate stands still until the event is replayed or dropped.
 */
export { bySystem, type Done, recorderOf } from './acts.js';
export { EventBus, type EventBusOptions, type EventBusStats } from './event-bus.js';
export { EventBusModule, type EventBusModuleOptions } from './event-bus.module.js';
export type { EventLog } from './event-log.js';
export { Handlers } from './handlers.js';
export { type EventHandler, OnEvent } from './on-event.decorator.js';
export type { RetryPolicy } from './verdict.js';
export { dropWaiting, findWaiting, listWaiting, replayDead, replayFrom, type WaitingEvent } from './waiting.js';
