import type { Tx } from '@parley/persistence';
import { Session } from '../sessions/session.entity.js';
import { type Terms, termsOf } from '../settings/terms.js';
import { type HeldLease, Occupancy } from './occupancy.js';

const at = (seconds: number) => new Date(1_800_000_000_000 + seconds * 1000);
const off: Terms = { maxDuration: null, emptyTimeout: null, lastLeftTimeout: null, ownerGoneTimeout: null, closes: null };
const lease = (name: string, leaseUntil: number, more: Partial<HeldLease> = {}): HeldLease => ({
  ...{ entryId: name, sessionId: 's', role: 'guest', enteredAt: at(0), lastBeat: at(leaseUntil - 30), leaseUntil: at(leaseUntil), ...more },
});

/** What is told of a session that began at 0, when somebody looks at last. */
function told(terms: Partial<Terms>, held: HeldLease[], look: number): string[] {
  const events: string[] = [];
  const seconds = (instant: unknown) => (Date.parse(String(instant)) - at(0).getTime()) / 1000;
  const emit = (_: unknown, { data }: { data: Record<string, unknown> }) =>
    events.push('entryId' in data ? `${String(data['entryId'])} ${String(data['reason'])} ${seconds(data['leftAt'])}` : `end ${String(data['reason'])} ${seconds(data['endedAt'])}`);
  const session = Session.begin({ id: 's', orgId: 'o', sid: 'room' }, at(0), { ...off, ...terms });
  new Occupancy({ emit } as unknown as Tx, session, held).passUntil(at(look));
  return events;
}

const owner = (until: number) => lease('owner', until, { role: 'owner' });
const year = 31_536_000;

test.each<[string, string, Partial<Terms>, HeldLease[], number, string[]]>([
  ['X.4', 'nobody is there: it ends so long after the last seat became free', { emptyTimeout: 60 }, [lease('a', 100)], 160, ['a lapsed 70', 'end empty 160']],
  ['X.4', 'a moment earlier it has not ended', { emptyTimeout: 60 }, [lease('a', 100)], 159, ['a lapsed 70']],
  ['X.4', 'off: it stays open', {}, [lease('a', 100)], year, ['a lapsed 70']],
  ['X.3', 'its longest time ends it for everyone', { maxDuration: 90 }, [lease('a', 100), lease('b', 100)], 95, ['a session_ended 90', 'b session_ended 90', 'end max_duration 90']],
  ['X.7', 'its window ends it for everyone', { closes: at(90).toISOString() }, [lease('a', 90)], 90, ['a session_ended 90', 'end window_closed 90']],
  ['X.6', 'the owner is gone: it ends so long after', { ownerGoneTimeout: 20 }, [owner(50), lease('a', 100)], 80, ['owner lapsed 20', 'a session_ended 70', 'end owner_gone 70']],
  ['X.6', 'there never was an owner: nobody is gone', { ownerGoneTimeout: 20 }, [lease('a', 100)], 90, []],
  ['X.6', 'another owner stays', { ownerGoneTimeout: 20 }, [owner(50), lease('b', 100, { role: 'owner' })], 90, ['owner lapsed 20']],
  ['X.8', 'after a year of silence, in the order in which it was due', { ownerGoneTimeout: 20, maxDuration: 500, emptyTimeout: 60 }, [owner(50), lease('a', 60), lease('b', 400)], year, ['owner lapsed 20', 'a lapsed 30', 'b session_ended 70', 'end owner_gone 70']],
  ['X.8', 'who vanished before the end has vanished, who was in it then was in it', { maxDuration: 100 }, [lease('a', 99), lease('b', 100)], year, ['a lapsed 69', 'b session_ended 100', 'end max_duration 100']],
  ['X.8', 'the first limit counts', { maxDuration: 100, closes: at(80).toISOString() }, [lease('a', 200)], year, ['a session_ended 80', 'end window_closed 80']],
])('%s: %s', (...[, , terms, held, look, expected]) => {
  expect(told(terms, held, look)).toEqual(expected);
});

test.each<[string, Parameters<typeof termsOf>[0], Partial<Terms>]>([
  ['nothing is set: a minute when empty, and nothing else', [], { emptyTimeout: 60, lastLeftTimeout: null, maxDuration: null, ownerGoneTimeout: null }],
  ['the session says more than the org', [{ maxDuration: 5 }, { maxDuration: 9, ownerGoneTimeout: 7 }], { maxDuration: 5, ownerGoneTimeout: 7 }],
  ['off is off, whatever the org says', [{ emptyTimeout: false }, { emptyTimeout: 9 }], { emptyTimeout: null }],
  ['null asks the org', [{ emptyTimeout: null }, { emptyTimeout: 9 }], { emptyTimeout: 9 }],
  ['on is Parley’s own measure', [{ maxDuration: true, ownerGoneTimeout: true, lastLeftTimeout: true, emptyTimeout: true }], { maxDuration: 43_200, ownerGoneTimeout: 60, lastLeftTimeout: 60, emptyTimeout: 60 }],
])('X.2: %s', (_what, levels, expected) => {
  expect(termsOf(levels)).toMatchObject(expected);
});
