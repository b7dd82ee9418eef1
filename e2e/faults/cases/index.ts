import type { Fault } from '../run.js';
import { agedOut, clusterLeaderKilled, diskFull, emptyStore, jetStreamFull, killBroker, makerAway, purged, tailLost } from './broker.js';
import { everyCrashPoint } from './crashes.js';
import { messageFaults } from './messages.js';
import { networkFaults } from './network.js';
import { powerCuts } from './power.js';
import { consumerDownForLong, killDatabase, oneOfTwoCopies, pausedLeader, serviceKills } from './processes.js';

/** Every fault, as the page shows them. */
export const faults: readonly Fault[] = [
  ...serviceKills,
  consumerDownForLong,
  killBroker,
  emptyStore,
  makerAway,
  tailLost,
  purged,
  agedOut,
  jetStreamFull,
  killDatabase,
  ...networkFaults,
  ...messageFaults,
  everyCrashPoint,
  oneOfTwoCopies,
  pausedLeader,
  diskFull,
  ...powerCuts,
  clusterLeaderKilled,
];

/** Several faults under one load, each of which must have shown its rare states. All on the same bed, and none that promises more. */
export const oneByOne = (name: string, several: readonly Fault[]): Fault => ({
  name,
  bed: {},
  rare: several.flatMap((fault) => fault.rare.map((what) => `${fault.name}: ${what}`)),
  happen: async (scene) => {
    for (const fault of several) await fault.happen({ ...scene, saw: (what, times) => scene.saw(`${fault.name}: ${what}`, times) });
  },
});
