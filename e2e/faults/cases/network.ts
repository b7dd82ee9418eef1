import type { Fault, Scene } from '../run.js';

/** Long enough for everything that waits to find its connection again. */
const AFTER_MS = 1_500;

async function untilGood({ pass }: Scene): Promise<void> {
  await pass(AFTER_MS);
}

const natsAway = (seconds: number): Fault => ({
  name: `NATS unreachable for ${seconds} s`,
  bed: {},
  rare: ['connections refused', 'requests without a clear answer'],
  patienceMs: 60_000,
  happen: async (scene) => {
    const { bed, load, pass, saw } = scene;
    const [refused, unclear] = [bed.proxies.nats.harm.refused, load.history.count('unknown')];
    bed.proxies.nats.cut();
    await pass(seconds * 1_000);
    bed.proxies.nats.heal();
    await untilGood(scene);
    saw('connections refused', bed.proxies.nats.harm.refused - refused);
    saw('requests without a clear answer', () => load.history.count('unknown') - unclear);
  },
});

type Server = 'nats' | 'postgres';

const LONGER = 'ms by which every write took longer than once there and back';

const slow = (server: Server, ms: number): Fault => ({
  name: `${server === 'nats' ? 'NATS' : 'PostgreSQL'} behind a slow connection (${ms} ms each way)`,
  bed: {},
  rare: ['pieces delayed', 'writes meanwhile', LONGER],
  happen: async (scene) => {
    const { bed, load, pass, saw } = scene;
    const proxy = bed.proxies[server];
    const [before, delayed, began] = [load.acknowledged, proxy.harm.delayed, performance.now()];
    proxy.slow(ms);
    await pass(5_000);
    saw('pieces delayed', proxy.harm.delayed - delayed);
    saw('writes meanwhile', load.acknowledged - before);
    const healed = performance.now();
    proxy.heal();
    await untilGood(scene);
    saw(LONGER, () => Math.round(longerBy(load, began, healed)) - 2 * ms);
  },
});

/** Even the quickest of them, than the quickest before and after. */
function longerBy({ history, began, ended }: Scene['load'], from: number, to: number): number {
  return history.quickestWithin(from, to) - Math.min(history.quickestWithin(began, from), history.quickestWithin(to, ended));
}

/** Both ends believe that they are connected, and nothing passes: only pings and timeouts tell. */
const halfOpen = (server: Server): Fault => ({
  name: `${server === 'nats' ? 'NATS' : 'PostgreSQL'} behind half-open connections`,
  bed: {},
  rare: ['pieces swallowed', 'requests without a clear answer'],
  patienceMs: 60_000,
  happen: async (scene) => {
    const { bed, load, random, pass, saw } = scene;
    const unclear = load.history.count('unknown');
    const { swallowed } = bed.proxies[server].harm;
    bed.proxies[server].freeze();
    await pass(random.between(8_000, 12_000));
    saw('pieces swallowed', bed.proxies[server].harm.swallowed - swallowed);
    bed.proxies[server].heal();
    await untilGood(scene);
    saw('requests without a clear answer', () => load.history.count('unknown') - unclear);
  },
});

export const networkFaults: readonly Fault[] = [
  natsAway(2),
  natsAway(20),
  natsAway(130),
  slow('nats', 40),
  slow('postgres', 15),
  halfOpen('nats'),
  halfOpen('postgres'),
];
