import type { StoredMessage } from '@parley/testing';
import { runSql } from '@parley/testing';
import type { History } from '../load/history.js';
import { type Fact, factsIn } from './facts.js';
import { countRepeats, countUnknownEffects, type LedgerEvent, type Places, readArrivals, readLedger, readSeen, readStreams, type Seen } from './ledger.js';
import { disorder, type Step } from './order.js';
import { stateRules } from './state.js';

/** A rule that does not hold, and what shows it. */
export interface Violation {
  rule: string;
  shown: string[];
}

export interface Verdict {
  violations: Violation[];
  /** The types of the events that were told. */
  told: string[];
  /** Acknowledged writes that are nowhere. */
  lost: number;
  /** How often an event came to a consumer that knew it. */
  duplicatesSeen: number;
  /** Effects beyond the first of an event. */
  duplicateEffects: number;
}

/** One violation if anything shows it. */
export const rule = (name: string, shown: readonly string[]): Violation[] => (shown.length === 0 ? [] : [{ rule: name, shown: [...shown] }]);

/** Holds what clients saw against what the databases and the streams hold, once all is quiet. `stored`: what was found in the streams then. */
export async function check(history: History, places: Places, stored?: readonly StoredMessage[]): Promise<Verdict> {
  const ledger = await readLedger(places);
  const ids = ledger.map(({ id }) => id);
  const [seen, repeats, inStreams, arrivals] = await Promise.all([readSeen(places, ids), countRepeats(places, ids), stored ?? readStreams(places), readArrivals(places)]);
  const facts = factsIn(ledger);
  const lost = lostWrites(history, facts);
  const state = await Promise.all(stateRules.map(async ({ rule: name, sql }) => rule(name, (await runSql<{ thing: string }>(places.databaseUrl, sql, [places.orgId])).map(({ thing }) => thing))));
  const violations = [
    ...rule('no acknowledged write is lost', lost),
    ...rule('none is invented', inventedFacts(history, facts)),
    ...rule('a thing happens once', repeated(facts.map(({ once }) => once))),
    ...rule('sequences have no gaps', brokenSequences(ledger)),
    ...state.flat(),
    ...rule('every event reaches every consumer', arrivals.missing),
    ...rule('nothing is left parked', arrivals.waiting),
    ...rule('every event is in its stream', absentFrom(inStreams, ledger)),
    ...rule('a stream keeps the order of an aggregate', disorder(firstTimes(inStreams, ledger))),
    ...witnessed(ledger, seen),
    ...rule('no effect without an event', (await countUnknownEffects(places)) > 0 ? ['witness.seen'] : []),
    ...rule('nothing is answered with 500', history.operations.filter(({ status }) => status === 500).map(({ name, code }) => `${name} ${code}`)),
  ];
  return { violations, told: [...new Set(ledger.map(({ type }) => type))], lost: lost.length, duplicatesSeen: repeats, duplicateEffects: repeated(seen.map(({ event_id }) => event_id)).length };
}

function lostWrites(history: History, facts: readonly Fact[]): string[] {
  const happened = new Set(facts.map(({ what }) => what));
  return [...history.facts('ok')].filter((what) => !happened.has(what));
}

function inventedFacts(history: History, facts: readonly Fact[]): string[] {
  const asked = new Set([...history.facts('ok'), ...history.facts('unknown')]);
  return facts.filter(({ what, byItself }) => !byItself && !asked.has(what)).map(({ what }) => what);
}

/** What is there again, once for each time beyond the first. */
function repeated(values: readonly string[]): string[] {
  const known = new Set<string>();
  return values.filter((value) => known.has(value) || (known.add(value), false));
}

function brokenSequences(ledger: readonly LedgerEvent[]): string[] {
  const reached = new Map<string, number>();
  return ledger.flatMap(({ aggregate, sequence }) => {
    const before = reached.get(aggregate) ?? 0;
    reached.set(aggregate, sequence);
    return sequence === before + 1 ? [] : [`${aggregate}: ${sequence} after ${before}`];
  });
}

/** Events that must be in their stream and are not. */
export function absentFrom(stored: readonly StoredMessage[], ledger: readonly LedgerEvent[]): string[] {
  const ids = new Set(stored.map(({ id }) => id));
  return ledger.filter(({ id, streamed }) => streamed && !ids.has(id)).map(({ type, id }) => `${type} ${id}`);
}

function firstTimes(stored: readonly StoredMessage[], ledger: readonly LedgerEvent[]): Step[] {
  const events = new Map(ledger.map((event) => [event.id, event]));
  return stored.flatMap(({ id }) => {
    const event = events.get(id);
    events.delete(id);
    return event ? [event] : [];
  });
}

function witnessed(ledger: readonly LedgerEvent[], seen: readonly Seen[]): Violation[] {
  const ids = new Set(seen.map(({ event_id }) => event_id));
  const replaced = seen.filter(({ pid, leader }) => !leader?.includes(`:${pid}:`));
  return [
    ...rule('the witness saw every event', ledger.filter(({ id }) => !ids.has(id)).map(({ type, id }) => `${type} ${id}`)),
    ...rule('an effect happens once', repeated(seen.map(({ event_id }) => event_id))),
    ...rule('effects keep the order of an aggregate', disorder(seen)),
    ...rule('only the leader writes', replaced.map(({ event_id, pid, leader }) => `${event_id} by ${pid}, leader ${leader}`)),
  ];
}
