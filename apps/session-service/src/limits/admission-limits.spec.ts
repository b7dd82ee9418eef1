import { AdmissionLimits } from './admission-limits.js';

const at = (seconds: number) => new Date(seconds * 1000);
const day = new AdmissionLimits(86_400, 3600);
const unbounded = new AdmissionLimits(0, 3600);
const asked = (times: { issuedAt?: number; expiresAt?: number }) => ({ issuedAt: undefined, expiresAt: undefined, ...times }) as Parameters<AdmissionLimits['endOf']>[0];

test.each([
  ['its exp, however far', day.endOf(asked({ expiresAt: 9_000_000, issuedAt: 1000 }), null), at(9_000_000)],
  ['a day after it was signed', day.endOf(asked({ issuedAt: 1000 }), null), at(87_400)],
  ['a day after its first use', day.endOf(asked({}), at(5000)), at(91_400)],
  ['never, where there is no bound', unbounded.endOf(asked({ issuedAt: 1000 }), null), null],
])('a link ends: %s', (_, found, end) => {
  expect(found).toEqual(end);
});

test.each([
  [day, {}, true],
  [day, { issuedAt: 1 }, false],
  [day, { expiresAt: 1 }, false],
  [unbounded, {}, false],
])('the first use is remembered only where nothing else tells the end: %#', (limits, times, remembered) => {
  expect(limits.countsFromFirstUse(asked(times))).toBe(remembered);
});
