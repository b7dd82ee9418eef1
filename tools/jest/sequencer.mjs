// The longest first, so that no worker is left with one when the others have nothing more to do. A fresh clone knows no times: the size
// of a file tells, weighed by what a line of its kind costs.
import { statSync } from 'node:fs';
import Sequencer from '@jest/test-sequencer';

const weights = { e2e: 4, db: 2, unit: 1 };
const costOf = ({ path, context }) => statSync(path).size * (weights[context.config.displayName?.name] ?? 1);

export default class LongestFirst extends Sequencer {
  sort(tests) {
    const costs = new Map(tests.map((test) => [test, costOf(test)]));
    return [...tests].sort((a, b) => costs.get(b) - costs.get(a));
  }
}
