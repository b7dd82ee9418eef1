import { History, type Outcome } from './history.js';
import { type OperationKind, operations, type Step, World } from './operations.js';
import type { Answer, Product } from './product.js';
import { Random } from './random.js';

const WORKERS = 5;
/** Between two requests of one worker, at most; it has to share the machine with what it tests. */
const PAUSE_MS = 30;

const outcomeOf = ({ status }: Answer): Outcome => (status >= 200 && status < 300 ? 'ok' : status === 0 || status >= 500 ? 'unknown' : 'fail');
const codeOf = ({ body }: Answer): string => (body as { error?: { code?: string } }).error?.code ?? '';
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Several clients that write all the time, until they are stopped. */
export class Workload {
  readonly history = new History();
  readonly began = performance.now();
  ended = this.began;
  private running = true;
  private readonly workers: Promise<void>[];

  constructor(product: Product, seed: number) {
    this.workers = Array.from({ length: WORKERS }, (_, n) => this.work(new World(product, new Random(seed * 1_000 + n), `w${n}`)));
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
      const kind = choose(world.random);
      const step = kind.plan(world);
      if (!step) continue;
      await this.perform(kind.name, step, world);
      await pause(world.random.below(PAUSE_MS));
    }
  }

  private async perform(name: string, { asked, fact, learn, after }: Step, { product }: World): Promise<void> {
    const invoked = performance.now();
    const answer = await product.ask(asked);
    const outcome = outcomeOf(answer);
    this.history.add({ name, fact, invoked, returned: performance.now(), outcome, status: answer.status, code: codeOf(answer) });
    if (outcome === 'ok') learn?.(answer.body as never);
    after?.();
    if (outcome === 'unknown') await pause(100); // a client that hammers a service which is down helps nobody
  }
}

function choose(random: Random): OperationKind {
  let at = random.below(operations.reduce((sum, { weight }) => sum + weight, 0));
  const chosen = operations.find(({ weight }) => (at -= weight) < 0);
  if (!chosen) throw new Error('There are no operations');
  return chosen;
}
