import { setTimeout as pause } from 'node:timers/promises';
import { History, type Outcome } from './history.js';
import { flows } from './flows/index.js';
import type { Answer, Product } from './product.js';
import { Random } from './random.js';
import { type Caller, type Flow, type Step, World } from './world.js';

/** Between two requests of one worker, at most; it has to share the machine with what it tests. */
const PAUSE_MS = 30;

const outcomeOf = ({ status }: Answer): Outcome => (status >= 200 && status < 300 ? 'ok' : status === 0 || status >= 500 ? 'unknown' : 'fail');
/** Beside `error` or in it, as the address has it. */
const codeOf = ({ body }: Answer): string => {
  const { code, error } = body as { code?: string; error?: { code?: string; message?: string } };
  return code ?? error?.code ?? error?.message ?? '';
};

/** Several programs that write all the time, until they are stopped; each for a caller of its own. */
export class Workload {
  readonly history = new History();
  readonly began = performance.now();
  ended = this.began;
  private running = true;
  private readonly workers: Promise<void>[];

  constructor(product: Product, callers: readonly Caller[], seed: number) {
    this.workers = callers.map((caller, n) => this.work(new World(product, new Random(seed * 1_000 + n), caller, n)));
  }

  get acknowledged(): number {
    return this.history.count('ok');
  }

  async stop(): Promise<void> {
    this.running = false;
    await Promise.all(this.workers);
    this.ended = performance.now();
  }

  private async work(world: World): Promise<void> {
    while (this.running) {
      const flow = choose(world.random);
      const step = flow.plan(world);
      if (!step) continue;
      await this.perform(flow.name, step, world);
      await pause(world.random.below(PAUSE_MS));
    }
  }

  private async perform(name: string, { asked, fact, learn, after }: Step, { product, random }: World): Promise<void> {
    const invoked = performance.now();
    const answer = await product.ask(asked, random);
    const outcome = outcomeOf(answer);
    const writes = fact !== undefined || asked.method !== 'GET';
    this.history.add({ name, fact, writes, invoked, returned: performance.now(), outcome, status: answer.status, code: codeOf(answer) });
    if (outcome === 'ok') learn?.(answer.body as never, answer.location);
    after?.();
    if (outcome === 'unknown') await pause(100); // a client that hammers a service which is down helps nobody
  }
}

function choose(random: Random): Flow {
  let at = random.below(flows.reduce((sum, { weight }) => sum + weight, 0));
  const chosen = flows.find(({ weight }) => (at -= weight) < 0);
  if (!chosen) throw new Error('There are no flows');
  return chosen;
}
