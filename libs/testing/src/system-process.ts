import { sleep } from '../../../tools/stack/wait.js';
import { startService, type ServiceProcess } from '../../../tools/stack/service-process.js';
import type { ServiceName, SystemProcess } from './system.types.js';

const readyWithinMs = 90_000;

interface KeptProcessOptions {
  name: string;
  /** The service's own, unless told. */
  program?: string;
  env: Record<string, string>;
  dist?: string | undefined;
}

/** A program of this checkout as a process; it keeps what it prints, also over restarts. */
export class KeptProcess {
  private readonly lines: string[] = [];
  private dist: string | undefined;
  protected current: ServiceProcess | undefined;

  constructor(
    private readonly shownAs: string,
    private readonly kept: KeptProcessOptions,
  ) {
    this.dist = kept.dist;
  }

  get pid(): number {
    return this.current?.child.pid ?? 0;
  }

  /** With another build from the next start on. */
  use(dist: string): void {
    this.dist = dist;
  }

  async start(): Promise<void> {
    const onLine = (line: string): void => void this.lines.push(line);
    this.current = await startService({ ...this.kept, onLine, dist: this.dist });
    await Promise.race([this.current.ready, this.tooLate()]).catch((error: Error) => this.explain(error));
    this.current.child.release(); // a spec that fails before it stops the system must not keep jest from ending
  }

  async stop(): Promise<void> {
    await this.current?.child.stop();
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.current?.child.process.kill(signal);
  }

  logs(): string {
    return this.lines.join('\n');
  }

  private async tooLate(): Promise<never> {
    await sleep(readyWithinMs, { ref: false });
    throw new Error(`not ready within ${readyWithinMs / 1000} s`);
  }

  private explain(error: Error): never {
    throw new Error(`${this.shownAs} did not start: ${error.message}\n${this.lines.slice(-40).join('\n')}`);
  }
}

interface ProcessOptions extends KeptProcessOptions {
  name: ServiceName;
  index: number;
  healthPort: number;
}

/** One process of a system. */
export class RunningProcess extends KeptProcess implements SystemProcess {
  readonly name: ServiceName;
  readonly index: number;
  readonly healthUrl: string;

  constructor({ name, index, healthPort, env, dist }: ProcessOptions) {
    super(`${name} #${index}`, { name, env, dist });
    this.name = name;
    this.index = index;
    this.healthUrl = `http://127.0.0.1:${healthPort}/health/ready`;
  }
}
