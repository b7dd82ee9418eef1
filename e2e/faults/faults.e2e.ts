import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { checkout } from '@parley/testing';
import { emptyStore, jetStreamFull, killBroker, tailLost } from './cases/broker.js';
import { crashesAt } from './cases/crashes.js';
import { planted, withDefect } from './planted.js';
import { killDatabase, serviceKills } from './cases/processes.js';
import { Bed, ordinary } from './bed/bed.js';
import { type Fault, type Result, run } from './run.js';
import { crashPoints } from './patches.js';

let bed: Bed;

beforeAll(async () => {
  bed = await Bed.make({ ...ordinary, build: 'probes' });
}, 90_000);
afterAll(() => bed.stop());

const killSession = serviceKills.find(({ name }) => name.endsWith('session-service'))!;
/** Those that need no way of their own: the load leads there. */
const ofLoad = ['write: events written, not committed', 'relay: published, not saved', 'consumer: effects written, not committed', 'consumer: committed, nothing acknowledged'];

const shown = ({ violations, vacuous }: Result) => ({ violations, vacuous });
const green = { violations: [], vacuous: [] };

test.each<Fault>([jetStreamFull, killSession, killBroker, emptyStore, tailLost, killDatabase, crashesAt('kill -9 between two writes', ofLoad)])(
  'nothing is lost, doubled or out of order: $name',
  async (fault) => {
    expect(shown(await run(fault, 1, bed))).toEqual(green);
  },
  90_000,
);

test('every place where a process can be killed, and every planted mistake, still fits its source', () => {
  expect(crashPoints).toEqual(expect.arrayContaining(ofLoad));
  execFileSync(process.execPath, [join(checkout, 'tools/faults/build.mjs'), '--check']);
});

const quick = ['no inbox', 'ack before commit'];

test.each(planted.filter(({ defect }) => quick.includes(defect)))(
  'a mistake is noticed: $defect',
  async (mistake) => {
    const { violations, vacuous } = await run(withDefect(mistake), 1, bed);
    expect(vacuous).toEqual([]);
    expect(violations.map(({ rule }) => rule)).toContain(mistake.noticedAs);
  },
  90_000,
);
