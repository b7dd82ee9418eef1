import { withRequest } from '@parley/platform';
import { SessionQueue } from './session-queue.js';

/** Work that ends when told to. */
function slowWork(): { begun: string[]; work: (name: string) => () => Promise<string>; finish(): Promise<void> } {
  const begun: string[] = [];
  const endings: (() => void)[] = [];
  const work = (name: string) => () => (begun.push(name), new Promise<string>((resolve) => endings.push(() => resolve(name))));
  const finish = async (): Promise<void> => {
    endings.shift()?.();
    await settled();
  };
  return { begun, work, finish };
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

test('those who want into one session go one after the other, others at once', async () => {
  const { begun, work, finish } = slowWork();
  const queue = new SessionQueue();
  const all = [queue.run('a', work('a1')), queue.run('a', work('a2')), queue.run('b', work('b1'))];
  await settled();
  expect(begun).toEqual(['a1', 'b1']);

  await finish();
  expect(begun).toEqual(['a1', 'b1', 'a2']);
  await finish();
  await finish();
  expect(await Promise.all(all)).toEqual(['a1', 'a2', 'b1']);
});

test('one that fails does not stop the next', async () => {
  const queue = new SessionQueue();
  const bad = queue.run('a', () => Promise.reject(new Error('bad')));
  const good = queue.run('a', () => Promise.resolve('good'));
  await expect(bad).rejects.toThrow('bad');
  expect(await good).toBe('good');
});

test('what nobody waits for any more is not begun', async () => {
  const { begun, work, finish } = slowWork();
  const queue = new SessionQueue();
  const first = queue.run('a', work('a1'));
  const late = withRequest({ requestId: 'r1', deadline: Date.now() - 1 }, () => queue.run('a', work('a2')));
  const refused = expect(late).rejects.toMatchObject({ kind: 'unavailable', details: { reason: 'deadline' } });
  await settled();
  await finish();
  await first;
  await refused;
  expect(begun).toEqual(['a1']);
});

test('a line has an end', async () => {
  const { work } = slowWork();
  const queue = new SessionQueue();
  for (let place = 0; place < 1000; place += 1) void queue.run('a', work('a'));
  await expect(queue.run('a', work('a'))).rejects.toMatchObject({ kind: 'unavailable', details: { reason: 'overloaded' } });
});
