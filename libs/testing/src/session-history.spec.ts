import { faultsOf, type PastEntry, type PastRefusal } from './session-history.js';

const entry = (person: string, [enteredAt, freedAt]: [number, number], { session = 'room', subscriptionId = 's1' } = {}): PastEntry => ({
  ...{ entryId: `${person}@${enteredAt}`, session, person, subscriptionId, enteredAt, freedAt },
});
const people = (count: number, times: [number, number]) => Array.from({ length: count }, (_, n) => entry(`sub:${n}`, times));
const refusal = (code: string, at: number, person = 'sub:x'): PastRefusal => ({ session: 'room', person, subscriptionIds: ['s1'], code, at });
const found = (entries: PastEntry[], refusals: PastRefusal[] = []) => faultsOf({ entries, refusals }).length;

test.each<[string, PastEntry[], PastRefusal[], number]>([
  ['five at a time', people(5, [0, 100]), [], 0],
  ['a sixth', [...people(5, [0, 100]), entry('sub:x', [50, 60])], [], 1],
  ['a sixth when one has gone, in the same moment', [...people(4, [0, 100]), entry('sub:y', [0, 50]), entry('sub:x', [50, 60])], [], 0],
  ['somebody twice', [...people(5, [0, 100]), entry('sub:1', [50, 60])], [], 0],
  ['a name four times', [...people(3, [0, 100]), ...[1, 2, 3, 4].map((at) => entry('name:Ann', [at, 100]))], [], 0],
  ['a name four times, as the sixth', [...people(4, [0, 100]), ...[1, 2, 3, 4].map((at) => entry('name:Ann', [at, 100]))], [], 1],
  ['a subscription in two sessions', [entry('sub:1', [0, 100]), entry('sub:2', [99, 200], { session: 'other' })], [], 1],
  ['a subscription in one session after the other', [entry('sub:1', [0, 100]), entry('sub:2', [100, 200], { session: 'other' })], [], 0],
  ['a refusal of the sixth', people(5, [0, 100]), [refusal('session.full', 50)], 0],
  ['a refusal of the fifth', people(4, [0, 100]), [refusal('session.full', 50)], 1],
  ['a refusal once there is room again', people(5, [0, 100]), [refusal('session.full', 100)], 1],
  ['a refusal of somebody who is in', people(5, [0, 100]), [refusal('session.full', 50, 'sub:1')], 1],
  ['a refusal while the subscription is elsewhere', [entry('sub:1', [0, 100], { session: 'other' })], [refusal('subscription.busy', 50)], 0],
  ['a refusal while it is not', [entry('sub:1', [0, 100], { session: 'other' })], [refusal('subscription.busy', 2100)], 1],
  ['a refusal while its end elsewhere is being written', [entry('sub:1', [0, 100], { session: 'other' })], [refusal('subscription.busy', 2099)], 0],
  ['a refusal for another reason', [], [refusal('link.expired', 50)], 0],
])('the history of %s has as many faults as it has', (_, entries, refusals, faults) => {
  expect(found(entries, refusals)).toBe(faults);
});
