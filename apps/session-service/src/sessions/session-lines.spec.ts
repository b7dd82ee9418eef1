import { currentRequest, withRequest } from '@parley/platform';
import { type InLine, SessionLines } from './session-lines.js';

/** Serves when told to. */
function slowly() {
  const turns: string[][] = [];
  const endings: (() => void)[] = [];
  const serve = async (turn: readonly InLine<string, string>[]): Promise<void> => {
    turns.push(turn.map(({ item }) => item));
    await new Promise<void>((resolve) => endings.push(resolve));
    if (turn.some(({ item }) => item === 'bad')) throw new Error('bad');
    turn.forEach(({ item, resolve }) => resolve(item));
  };
  const finish = async (): Promise<void> => {
    endings.shift()?.();
    await settled();
  };
  return { turns, lines: new SessionLines<string, string>(serve), finish };
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
const request = (deadline: number, traceparent?: string) => ({ requestId: 'request-1', deadline, ...(traceparent ? { traceparent } : {}) });

test('those who come to one session while it is at work are served together, in their order, others at once', async () => {
  const { turns, lines, finish } = slowly();
  const all = ['a1', 'a2', 'a3', 'b1'].map((item) => lines.join(item.slice(0, 1), item));
  expect(turns).toEqual([['a1'], ['b1']]);

  await finish();
  expect(turns).toEqual([['a1'], ['b1'], ['a2', 'a3']]);
  await finish();
  await finish();
  expect(await Promise.all(all)).toEqual(['a1', 'a2', 'a3', 'b1']);
});

test('a turn that fails does not stop the next', async () => {
  const { lines, finish } = slowly();
  const bad = expect(lines.join('a', 'bad')).rejects.toThrow('bad');
  const good = lines.join('a', 'good');
  await finish();
  await finish();
  await bad;
  expect(await good).toBe('good');
});

test('what nobody waits for any more is not begun', async () => {
  const { turns, lines, finish } = slowly();
  const first = lines.join('a', 'a1');
  const late = withRequest(request(Date.now() - 1), () => lines.join('a', 'a2'));
  const refused = expect(late).rejects.toMatchObject({ kind: 'unavailable', details: { reason: 'deadline' } });
  await finish();
  await finish();
  await first;
  await refused;
  expect(turns.flat()).toEqual(['a1']);
});

test('a turn lasts as long as any of its requests, and is in the trace of the only one', async () => {
  const seen: (ReturnType<typeof currentRequest> | undefined)[] = [];
  const lines = new SessionLines<string, void>(async (turn) => {
    seen.push(currentRequest());
    await settled();
    turn.forEach(({ resolve }) => resolve());
  });
  const [soon, later] = [Date.now() + 1000, Date.now() + 2000];
  const joined = [request(soon, 'trace-1'), request(soon, 'trace-2'), request(later)].map((each) => withRequest(each, () => lines.join('a', 'x')));
  await Promise.all(joined);
  expect(seen).toEqual([request(soon, 'trace-1'), request(later)]);
});

test('a line has an end', async () => {
  const { lines } = slowly();
  for (let place = 0; place < 1001; place += 1) void lines.join('a', 'a');
  expect(() => lines.join('a', 'a')).toThrow(expect.objectContaining({ kind: 'unavailable', details: { reason: 'overloaded' } }));
});
