import { type Floor, raised, sentUpTo } from './floor.js';

const floor: Floor = { id: 5, durables: ['a', 'b'], filledFrom: 0 };
const mark = { seq: 10, id: 9 };
const reader = (name: string, acked: number, present = true) => ({ name, acked, present });

test('what is behind a hole is not sent without a gap', () => {
  expect(sentUpTo({ high: 9, holes: [] })).toBe(9);
  expect(sentUpTo({ high: 9, holes: [{ low: 6, high: 7, bound: 1n }, { low: 4, high: 4, bound: 1n }] })).toBe(3);
});

test('the floor is at the mark once every durable that is known is there and has had all up to it', () => {
  expect(raised(floor, mark, [reader('a', 10), reader('b', Infinity)])).toEqual({ ...floor, id: 9 });
});

test.each([
  ['has not had it', [reader('a', 10), reader('b', 9)]],
  ['is away, whatever the broker says it had', [reader('a', 10), reader('b', Infinity, false)]],
  ['was there once', [reader('a', 10)]],
])('it stays where somebody %s', (_, readers) => {
  expect(raised(floor, mark, readers)).toEqual(floor);
});

test('it stays without a mark, without anybody to read, and never sinks', () => {
  expect(raised(floor, undefined, [reader('a', 10), reader('b', 10)])).toEqual(floor);
  expect(raised({ ...floor, durables: [] }, mark, [])).toEqual({ ...floor, durables: [] });
  expect(raised(floor, { seq: 3, id: 2 }, [reader('a', 10), reader('b', 10)])).toEqual(floor);
});

test('whoever is seen for the first time is known from then on', () => {
  expect(raised(floor, mark, [reader('c', 0)])).toEqual({ ...floor, durables: ['a', 'b', 'c'] });
});
