import { z } from 'zod';
import { AppError, type ErrorKind } from '@parley/dto';
import { defaultRetry, judge } from './verdict.js';

const failure = (kind: ErrorKind) => new AppError(kind, 'thing.code', 'A sentence.');

test.each<[ErrorKind, string]>([
  ['invalid', 'dead'],
  ['unauthenticated', 'dead'],
  ['forbidden', 'dead'],
  ['not_found', 'parked'],
  ['conflict', 'dead'],
  ['unprocessable', 'dead'],
  ['rate_limited', 'parked'],
  ['internal', 'parked'],
  ['unavailable', 'parked'],
])('an event that failed as %s is %s', (kind, status) => {
  expect(judge(failure(kind), 1, defaultRetry)).toMatchObject({ status, reason: 'thing.code: A sentence.' });
});

/** Until it is dead: milliseconds, were each try over at once. */
function patienceWith(error: unknown): number {
  let waited = 0;
  for (let tries = 1; ; tries++) {
    const { status, waitMs } = judge(error, tries, defaultRetry);
    if (status === 'dead') return waited;
    waited += waitMs;
  }
}

const HOUR_MS = 3_600_000;

test.each<[ErrorKind, number]>([
  ['not_found', 24],
  ['unavailable', 24],
  ['rate_limited', 0.14],
  ['internal', 0.14],
])('an event that fails as %s is tried for %d hours', (kind, hours) => {
  expect(patienceWith(failure(kind)) / HOUR_MS).toBeCloseTo(hours, 1);
});

test('the time between tries doubles up to ten minutes', () => {
  const waits = [1, 2, 3, 10].map((tries) => judge(failure('internal'), tries, { ...defaultRetry, tries: 99 }).waitMs);
  expect(waits).toEqual([1_000, 2_000, 4_000, 512_000]);
  expect(judge(failure('internal'), 30, { ...defaultRetry, tries: 99 }).waitMs).toBe(600_000);
});

test('the reason tells nothing of what was in the event', () => {
  expect(judge(new Error('passcode 1234'), 1, defaultRetry).reason).toBe('internal: Error');
  const { error } = z.object({ secret: z.number() }).safeParse({ secret: 'hunter2' });
  expect(judge(error, 1, defaultRetry)).toMatchObject({ status: 'dead', reason: 'event.invalid: secret' });
});
