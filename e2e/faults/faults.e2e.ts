import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import * as dto from '@parley/dto';
import { checkout } from '@parley/testing';
import { Bed, ordinary } from './bed/bed.js';
import { emptyStore, jetStreamFull, killBroker } from './cases/broker.js';
import { crashesAt } from './cases/crashes.js';
import { oneByOne } from './cases/index.js';
import { killDatabase, serviceKills } from './cases/processes.js';
import { crashPoints } from './patches.js';
import { broughtAbout, notBroughtAbout } from './check/facts.js';
import { planted, withDefect } from './planted.js';
import { missingIn, noFindings } from './report.js';
import { type Fault, type Result, run } from './run.js';

let bed: Bed;

beforeAll(async () => {
  bed = await Bed.make({ ...ordinary, build: 'probes' });
}, 90_000);
afterAll(() => bed.stop());

const killSession = serviceKills.find(({ name }) => name.endsWith('session-service'))!;
/** Those that need no way of their own: the load leads there. */
const ofLoad = ['write: events written, not committed', 'relay: published, not saved', 'consumer: effects written, not committed', 'consumer: committed, nothing acknowledged'];
const kills = oneByOne('NATS with an empty store, kill -9 of a service, of NATS, of PostgreSQL', [emptyStore, killSession, killBroker, killDatabase]);

const shown = ({ violations, vacuous }: Result) => ({ violations, vacuous });
const green = { violations: [], vacuous: [] };

test.each<Fault>([jetStreamFull, kills, crashesAt('kill -9 between two writes', ofLoad)])(
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

test('a run that did not take place is named', () => {
  const findings = { ...noFindings(), results: [{ fault: 'kill', seed: 2 } as Result], skipped: ['power cut'] };
  expect(missingIn(findings, [{ fault: 'kill', seeds: 2 }, { fault: 'power cut', seeds: 2 }])).toEqual(['kill, seed 1']);
});

test('a mistake is noticed: no inbox', async () => {
  const mistake = planted.find(({ defect }) => defect === 'no inbox')!;
  const { violations, vacuous } = await run(withDefect(mistake), 1, bed);
  expect(vacuous).toEqual([]);
  expect(violations.map(({ rule }) => rule)).toContain(mistake.noticedAs);
}, 90_000);

test('the load brings every event about, or there is a reason why not', () => {
  const events = Object.values(dto).flatMap((value) => (typeof value === 'object' && 'type' in value && value.type === 'event' ? [value.subject] : []));
  const canaries = Object.values(dto.canarySent).map(({ subject }) => subject);
  expect([...broughtAbout, ...Object.keys(notBroughtAbout)].toSorted()).toEqual([...new Set([...events, ...canaries])].toSorted());
});
