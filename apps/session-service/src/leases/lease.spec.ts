import { firstLeaseUntil } from './lease.js';

const enteredAt = new Date('2026-11-01T09:00:00.000Z');

test.each([
  ['the operator’s bound', null, 3600, '2026-11-01T10:00:00.000Z'],
  ['the end of the link', new Date('2026-11-01T09:10:00.000Z'), 3600, '2026-11-01T09:10:00.000Z'],
  ['the bound, if the link ends later', new Date('2026-11-01T19:00:00.000Z'), 60, '2026-11-01T09:01:00.000Z'],
])('the first lease runs to %s', (_, linkEnd, leaseMax, until) => {
  expect(firstLeaseUntil({ enteredAt, linkEnd, leaseMax })).toEqual(new Date(until));
});
