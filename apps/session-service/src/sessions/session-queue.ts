import { Injectable } from '@nestjs/common';
import { unavailable } from '@parley/dto';
import { Database, type Tx } from '@parley/persistence';
import { currentRequest } from '@parley/platform';

/** Writes of one session that may wait in one process. What comes on top is told to come back. */
const MAX_WAITING = 1000;

interface Line {
  length: number;
  last: Promise<unknown>;
}

/**
 * Lets the writes of one session to the database one after the other. They would wait for the session's lock anyway, but each with a
 * connection in hand, until none is left for all other sessions.
 */
@Injectable()
export class SessionQueue {
  private readonly lines = new Map<string, Line>();

  constructor(private readonly db: Database) {}

  /** @param key the session's lock; @throws `unavailable` if the line is too long or the time is up */
  async write<T>(key: string, locks: readonly string[], fn: (tx: Tx) => Promise<T>): Promise<T> {
    const line = this.lines.get(key) ?? { length: 0, last: Promise.resolve() };
    if (line.length >= MAX_WAITING) throw unavailable('The session', { reason: 'overloaded' });
    this.lines.set(key, line);
    line.length += 1;
    const turn = line.last.then(() => this.inTime(locks, fn));
    line.last = turn.catch(() => undefined);
    return turn.finally(() => {
      line.length -= 1;
      if (line.length === 0) this.lines.delete(key);
    });
  }

  private async inTime<T>(locks: readonly string[], fn: (tx: Tx) => Promise<T>): Promise<T> {
    const deadline = currentRequest()?.deadline;
    if (deadline !== undefined && Date.now() > deadline) throw unavailable('The session', { reason: 'deadline' });
    return this.db.write(locks, fn);
  }
}
