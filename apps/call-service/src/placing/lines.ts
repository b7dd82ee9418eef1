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
    for (let next: Waiting<Result> | undefined = first; next; next = line.shift()) {
      const alike = await this.serveOne(next, line.length);
      line.splice(0, alike?.count ?? 0).forEach(({ resolve }) => alike && resolve(alike.result));
    }
    this.lines.delete(name);
  }

  /** @returns the outcome for the next so many as well */
  private async serveOne({ work, resolve, reject }: Waiting<Result>, behind: number): Promise<{ result: Result; count: number } | undefined> {
    try {
      const result = await work();
      resolve(result);
      return this.holdsForAll(result) ? { result, count: behind } : undefined;
    } catch (error) {
      reject(error);
      return undefined;
    }
  }
}
