import { jest } from '@jest/globals';
import type { Database } from './database.js';
import { Periodic } from './periodic.js';

const EVERY_MS = 1000;

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** Begins periodic work on a database that only knows who must end before it: the `pieces`, one each time, and nothing when those are done. */
function begun(pieces: (() => Promise<number | void>)[], batch?: number) {
  const closers: (() => Promise<void>)[] = [];
  const db = { beforeClose: (closer: () => Promise<void>) => closers.push(closer) } as unknown as Database;
  const seen = { works: 0, failures: 0 };
  const work = () => pieces[seen.works++]?.() ?? Promise.resolve(0);
  new Periodic({ everyMs: EVERY_MS, work, failed: () => (seen.failures += 1), ...(batch && { batch }) }).startOn(db);
  return { seen, close: () => Promise.all(closers.map((closer) => closer())) };
}

const done = (count: number) => () => Promise.resolve(count);
const fails = () => Promise.reject(new Error('out of order'));
const passes = (times: number) => jest.advanceTimersByTimeAsync(times * EVERY_MS + 10);

test('Periodic work goes on at once as long as it does a whole batch, and then waits', async () => {
  const { seen } = begun([done(3), done(3), done(2), done(0)], 3);
  const works: number[] = [seen.works];
  await passes(1);
  works.push(seen.works);
  await passes(1);
  expect([...works, seen.works]).toEqual([0, 3, 4]);
});

test('Periodic work that fails is tried again, and told once per outage', async () => {
  const { seen } = begun([fails, fails, () => Promise.resolve(), fails, fails]);
  await passes(5);
  expect(seen).toEqual({ works: 5, failures: 2 });
});

test('A stop waits for the work in hand, and nothing is begun behind it', async () => {
  let finish: (count: number) => void = () => undefined;
  const { seen, close } = begun([() => new Promise<number>((resolve) => (finish = resolve))], 1);
  await passes(1);
  let closed = false;
  const closing = close().then(() => (closed = true));
  await passes(2);
  expect(closed).toBe(false);
  finish(1);
  await closing;
  await passes(2);
  expect(seen.works).toBe(1);
});
