import { type CallAct, faultsOf } from './call-history.js';

const act = (kind: CallAct['kind'], began: number, ended: number, more: Partial<CallAct> = {}): CallAct => ({ kind, began, ended, outcome: 'done', ...more });
const a = act('place', 0, 1, { token: 'a' });
const b = act('place', 0, 2, { token: 'b' });

test.each<[string, CallAct[], number]>([
  ['two calls of two', [a, b], 0],
  ['three of two', [a, b, act('place', 3, 4, { token: 'c' })], 1],
  ['three, one of which was being stopped', [a, b, act('stop', 2, 9, { token: 'a' }), act('place', 3, 4, { token: 'c' })], 0],
  ['three, one of which was stopped in vain', [a, b, act('stop', 5, 6, { token: 'a', outcome: 'failed' }), act('place', 3, 4, { token: 'c' })], 1],
  ['a refusal while both slots are taken', [a, b, act('place', 3, 4, { outcome: 'refused' })], 0],
  ['a refusal while one is free', [a, act('place', 3, 4, { outcome: 'refused' })], 1],
  ['a refusal while one may be taken by a call that nobody was told of', [a, act('place', 0, 1, { outcome: 'unknown' }), act('place', 3, 4, { outcome: 'refused' })], 0],
  ['a refusal after one was stopped', [a, b, act('stop', 2, 3, { token: 'a' }), act('place', 4, 5, { outcome: 'refused' })], 1],
])('the history of calls tells right from wrong: %s', (_, acts, faults) => {
  expect(faultsOf(acts, 2)).toHaveLength(faults);
});
