import type { ServiceName } from '@parley/testing';
import type { Fault } from './run.js';
import { emptyStore, purged } from './cases/broker.js';
import { crashesAt } from './cases/crashes.js';
import { lateCommits, shared, toldAgain } from './cases/messages.js';
import { pausedLeader } from './cases/processes.js';

/** A mistake that is put into one process, and the fault under which a run has to notice it. */
export interface Planted {
  defect: string;
  victim: ServiceName | 'witness';
  under: Fault;
  /** The rule that shows it. */
  noticedAs: string;
}

/** Some mistakes show without any fault. */
const calm: Fault = {
  name: 'nothing at all',
  bed: {},
  rare: ['writes'],
  happen: async ({ load, pass, saw }) => {
    await pass(2_000);
    saw('writes', load.acknowledged);
  },
};

export const planted: readonly Planted[] = [
  { defect: 'no inbox', victim: 'witness', under: toldAgain, noticedAs: 'an effect happens once' },
  { defect: 'no gap check', victim: 'witness', under: shared, noticedAs: 'the witness saw every event' },
  { defect: 'no look at what a stream lost', victim: 'witness', under: purged, noticedAs: 'the witness saw every event' },
  { defect: 'ack before commit', victim: 'witness', under: crashesAt('a consumer dies with effects under way', ['consumer: inbox written, effects not']), noticedAs: 'the witness saw every event' },
  { defect: 'mark before publish', victim: 'session-service', under: crashesAt('a relay dies before it publishes', ['relay: rows read, nothing published']), noticedAs: 'every event is in its stream' },
  { defect: 'cursor by id without holes', victim: 'session-service', under: lateCommits, noticedAs: 'every event is in its stream' },
  { defect: 'no generation check', victim: 'session-service', under: emptyStore, noticedAs: 'every event is in its stream' },
  { defect: 'outbox row deleted on ack', victim: 'session-service', under: calm, noticedAs: 'no acknowledged write is lost' },
  { defect: 'leadership without fencing', victim: 'witness', under: pausedLeader, noticedAs: 'only the leader writes' },
];

/** Time enough for what comes late; what is lost never comes. */
const PATIENCE_MS = 7_000;

/** The fault in a bed where one process has the defect; it is well again afterwards. */
export const withDefect = ({ defect, victim, under }: Planted): Fault => ({
  ...under,
  name: `planted: ${defect}`,
  patienceMs: PATIENCE_MS,
  prepare: (bed) => bed.rebuild(victim, defect.replaceAll(' ', '-')),
  tidy: (bed) => bed.rebuild(victim),
});
