import { asDescription, beginningOf, type Floor, raised, sentUpTo } from './floor.js';

const before = { id: 5, created: 'then', seq: 6 };
const floor: Floor = { at: before, durables: ['a', 'b'] };
const mark = { id: 9, created: 'then', seq: 10 };
const reader = (name: string, acked: number, present = true) => ({ name, acked, present });

test('what is behind a hole is not sent without a gap', () => {
  expect(sentUpTo({ high: 9, holes: [] })).toBe(9);
  expect(sentUpTo({ high: 9, holes: [{ low: 6, high: 7, bound: 1n }, { low: 4, high: 4, bound: 1n }] })).toBe(3);
});

test('the floor is at the mark once every durable that is known is there and has had all up to it', () => {
  expect(raised(floor, mark, [reader('a', 10), reader('b', Infinity)])).toEqual({ ...floor, at: mark });
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
  expect(raised({ at: undefined, durables: [] }, mark, [])).toEqual({ at: undefined, durables: [] });
  expect(raised(floor, { id: 2, created: 'later', seq: 3 }, [reader('a', 10), reader('b', 10)])).toEqual(floor);
});

test('whoever is seen for the first time is known from then on', () => {
  expect(raised(floor, mark, [reader('c', 0)])).toEqual({ ...floor, durables: ['a', 'b', 'c'] });
});

test('a stream says where it begins; what it does not say, or somebody else said, is the beginning', () => {
  expect(beginningOf(asDescription(mark))).toEqual(mark);
  expect([beginningOf(asDescription(undefined)), beginningOf(undefined), beginningOf('events of ours'), beginningOf('{"behind":3}')]).toEqual(Array(4).fill(undefined));
});
