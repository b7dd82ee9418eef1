import type { Database } from '@parley/persistence';
import { withRequest } from '@parley/platform';
import { SessionQueue } from './session-queue.js';

/** A database whose writes end when told to. */
function slowDatabase(): { db: Database; running: string[]; finish(): Promise<void> } {
  const running: string[] = [];
  const endings: (() => void)[] = [];
  const write = (locks: string[]) => (running.push(locks.join()), new Promise<void>((resolve) => endings.push(resolve)));
  const finish = async (): Promise<void> => {
    endings.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { db: { write } as unknown as Database, running, finish };
}

const nothing = () => Promise.resolve();
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('writes of one session go one after the other, those of others at once', async () => {
  const { db, running, finish } = slowDatabase();
  const queue = new SessionQueue(db);
  const all = [queue.write('a', ['a1'], nothing), queue.write('a', ['a2'], nothing), queue.write('b', ['b1'], nothing)];
  await settled();
  expect(running).toEqual(['a1', 'b1']);

  await finish();
  expect(running).toEqual(['a1', 'b1', 'a2']);
  await finish();
  await finish();
  await Promise.all(all);
});

test('a write that fails does not stop the next', async () => {
  const db = { write: (locks: string[]) => (locks[0] === 'bad' ? Promise.reject(new Error('bad')) : Promise.resolve('good')) } as unknown as Database;
  const queue = new SessionQueue(db);
  const bad = queue.write('a', ['bad'], nothing);
  const good = queue.write('a', ['good'], nothing);
  await expect(bad).rejects.toThrow('bad');
  expect(await good).toBe('good');
});

test('what nobody waits for any more is not begun', async () => {
  const { db, running, finish } = slowDatabase();
  const queue = new SessionQueue(db);
  const first = queue.write('a', ['a1'], nothing);
  const late = withRequest({ requestId: 'r1', deadline: Date.now() - 1 }, () => queue.write('a', ['a2'], nothing));
  const refused = expect(late).rejects.toMatchObject({ kind: 'unavailable', details: { reason: 'deadline' } });
  await settled();
  await finish();
  await first;
  await refused;
  expect(running).toEqual(['a1']);
});

test('a line has an end', async () => {
  const { db } = slowDatabase();
  const queue = new SessionQueue(db);
  for (let place = 0; place < 1000; place += 1) void queue.write('a', ['a'], nothing);
  await expect(queue.write('a', ['a'], nothing)).rejects.toMatchObject({ kind: 'unavailable', details: { reason: 'overloaded' } });
});
