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

test('the last try ends in death', () => {
  expect(judge(failure('not_found'), 9, defaultRetry).status).toBe('parked');
  expect(judge(failure('not_found'), 10, defaultRetry).status).toBe('dead');
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
