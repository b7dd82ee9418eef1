import { advance, newGaps, type Progress } from './holes.js';

const nothing: Progress = { high: 0, holes: [] };

test('ids in a row leave no holes', () => {
  expect(advance(nothing, { ids: [1, 2, 3], complete: true, xmin: 100n }, 0n)).toEqual({ high: 3, holes: [] });
});

test('a skipped id becomes a hole with the bound that was drawn for it', () => {
  const sight = { ids: [2, 5], complete: true, xmin: 100n };
  expect(newGaps(nothing, sight)).toEqual([{ low: 1, high: 1 }, { low: 3, high: 4 }]);
  expect(advance(nothing, sight, 110n)).toEqual({ high: 5, holes: [{ low: 1, high: 1, bound: 110n }, { low: 3, high: 4, bound: 110n }] });
});

const waiting: Progress = { high: 9, holes: [{ low: 3, high: 6, bound: 110n }] };

test('a hole stays as long as a transaction from its time is running', () => {
  expect(advance(waiting, { ids: [], complete: true, xmin: 109n }, 0n)).toEqual(waiting);
});

test('a hole is given up when none is, even if nothing new came', () => {
  expect(advance(waiting, { ids: [], complete: true, xmin: 110n }, 0n)).toEqual({ high: 9, holes: [] });
});

test('an id that came late closes its part of the hole only', () => {
  expect(advance(waiting, { ids: [4], complete: true, xmin: 109n }, 0n).holes).toEqual([{ low: 3, high: 3, bound: 110n }, { low: 5, high: 6, bound: 110n }]);
});

test('a hole that the look did not reach is kept, whatever is running', () => {
  expect(advance(waiting, { ids: [3], complete: false, xmin: 500n }, 0n)).toEqual({ high: 9, holes: [{ low: 4, high: 6, bound: 110n }] });
  expect(advance(waiting, { ids: [], complete: false, xmin: 500n }, 0n)).toEqual(waiting);
});

test('a hole below what was sent is given up though more is to come', () => {
  expect(advance(waiting, { ids: [10], complete: false, xmin: 500n }, 0n)).toEqual({ high: 10, holes: [] });
});
