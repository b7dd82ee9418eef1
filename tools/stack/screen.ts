import { reasonOf, StackFailure } from './failure.js';

/** What the person at the terminal sees. */
export class Screen {
  private readonly began = performance.now();

  constructor() {
    process.stdout.on('error', () => {}); // the terminal was closed: SIGHUP follows, or nobody reads
    process.stderr.on('error', () => {});
  }

  say(line: string): void {
    const seconds = ((performance.now() - this.began) / 1000).toFixed(1).padStart(5);
    process.stdout.write(`[${seconds} s] ${line}\n`);
  }

  print(text: string): void {
    process.stdout.write(`${text}\n`);
  }

  complain(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  /** Announces a step; when it fails, the error says which one it was. */
  async step<Result>(doing: string, work: () => Promise<Result>, advice?: string): Promise<Result> {
    this.say(doing);
    try {
      return await work();
    } catch (error) {
      throw new StackFailure(`${doing} failed: ${reasonOf(error)}`, error instanceof StackFailure ? (error.advice ?? advice) : advice);
    }
  }

  explain(heading: string, error: unknown): void {
    this.complain(`\n${heading} ${reasonOf(error)}`);
    if (error instanceof StackFailure && error.advice) this.complain(`What to do: ${error.advice}`);
    if (!(error instanceof StackFailure) && error instanceof Error) this.complain(error.stack ?? '');
  }
}
