import { AsyncLocalStorage } from 'node:async_hooks';

/** Somebody in a line. */
interface Waiting<Result> {
  work(): Promise<Result>;
  resolve(result: Result): void;
  reject(reason: unknown): void;
}

/**
 * Does what is wanted under one name one after the other, in this process. All in one line at the database would each wait for the same lock with a
 * connection in hand. An outcome that holds for everybody is the answer to all who had come before its work began.
 */
export class Lines<Result> {
  private readonly lines = new Map<string, Waiting<Result>[]>();

  constructor(private readonly holdsForAll: (result: Result) => boolean) {}

  /** `work` runs as a part of the request that brought it. */
  join(name: string, work: () => Promise<Result>): Promise<Result> {
    const inRequest = AsyncLocalStorage.snapshot();
    return new Promise((resolve, reject) => {
      const waiting = { work: () => inRequest(work), resolve, reject };
      const line = this.lines.get(name);
      if (line) line.push(waiting);
      else void this.serve(name, waiting);
    });
  }

  private async serve(name: string, first: Waiting<Result>): Promise<void> {
    const line: Waiting<Result>[] = [];
    this.lines.set(name, line);
    for (let next: Waiting<Result> | undefined = first; next; next = line.shift()) await this.serveOne(next, line);
    this.lines.delete(name);
  }

  /** What holds for everybody is told to those who had come before the work began. */
  private async serveOne({ work, resolve, reject }: Waiting<Result>, line: Waiting<Result>[]): Promise<void> {
    const behind = line.length;
    try {
      const result = await work();
      resolve(result);
      if (this.holdsForAll(result)) line.splice(0, behind).forEach((waiting) => waiting.resolve(result));
    } catch (error) {
      reject(error);
    }
  }
}
