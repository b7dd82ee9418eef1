import { KeptProcess } from '@parley/testing';

/** One copy of the witness, as a process. */
export class Witness extends KeptProcess {
  constructor(dist: string, env: Record<string, string>) {
    super('the witness', { name: 'witness', program: 'e2e/faults/bed/witness.js', env, dist });
  }

  override async stop(): Promise<void> {
    await this.current?.child.kill();
  }
}
