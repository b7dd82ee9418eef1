import type { Fault, Scene } from '../run.js';

/** Long enough for everything that waits to find its connection again. */
const AFTER_MS = 1_500;

async function untilGood({ pass }: Scene): Promise<void> {
  await pass(AFTER_MS);
}

const natsAway = (seconds: number): Fault => ({
  name: `NATS unreachable for ${seconds} s`,
  bed: {},
  rare: ['connections broken', 'requests without a clear answer'],
  patienceMs: 60_000,
  happen: async (scene) => {
    const { bed, load, pass, saw } = scene;
    const [harmed, unclear] = [bed.proxies.nats.harmed, load.history.count('unknown')];
    bed.proxies.nats.cut();
    await pass(seconds * 1_000);
    bed.proxies.nats.heal();
    await untilGood(scene);
    saw('connections broken', bed.proxies.nats.harmed - harmed);
    saw('requests without a clear answer', () => load.history.count('unknown') - unclear);
  },
});

type Server = 'nats' | 'postgres';

const slow = (server: Server, ms: number): Fault => ({
  name: `${server === 'nats' ? 'NATS' : 'PostgreSQL'} behind a slow connection (${ms} ms each way)`,
  bed: {},
  rare: ['connections slowed', 'writes meanwhile'],
  happen: async (scene) => {
    const { bed, load, pass, saw } = scene;
    const before = load.acknowledged;
    bed.proxies[server].slow(ms);
    await pass(5_000);
    saw('connections slowed', bed.proxies[server].harmed);
    saw('writes meanwhile', load.acknowledged - before);
    bed.proxies[server].heal();
    await untilGood(scene);
  },
});

/** Both ends believe that they are connected, and nothing passes: only pings and timeouts tell. */
const halfOpen = (server: Server): Fault => ({
  name: `${server === 'nats' ? 'NATS' : 'PostgreSQL'} behind half-open connections`,
  bed: {},
  rare: ['connections frozen', 'requests without a clear answer'],
  patienceMs: 60_000,
  happen: async (scene) => {
    const { bed, load, random, pass, saw } = scene;
    const unclear = load.history.count('unknown');
    const harmed = bed.proxies[server].harmed;
    bed.proxies[server].freeze();
    await pass(random.between(8_000, 12_000));
    saw('connections frozen', bed.proxies[server].harmed - harmed);
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
