import { startService, type ServiceProcess } from '@parley/testing';

/** One copy of the witness, as a process. */
export class Witness {
  private current: ServiceProcess | undefined;
  private readonly lines: string[] = [];

  constructor(
    private dist: string,
    private readonly env: Record<string, string>,
  ) {}

  get pid(): number {
    return this.current?.child.pid ?? 0;
  }

  /** Started from there from the next start on. */
  use(dist: string): void {
    this.dist = dist;
  }

  async start(): Promise<void> {
    const onLine = (line: string): void => void this.lines.push(line);
    this.current = await startService({ name: 'witness', program: 'e2e/faults/bed/witness.js', env: this.env, onLine, dist: this.dist });
    await this.current.ready.catch((error: Error) => {
      throw new Error(`the witness did not start: ${error.message}\n${this.lines.slice(-20).join('\n')}`);
    });
    this.current.child.release();
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.current?.child.process.kill(signal);
  }

  async stop(): Promise<void> {
    await this.current?.child.kill();
  }

  logs(): string {
    return this.lines.join('\n');
  }
}
