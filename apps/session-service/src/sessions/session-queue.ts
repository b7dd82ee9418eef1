import { Injectable } from '@nestjs/common';
import { unavailable } from '@parley/dto';
import { currentRequest } from '@parley/platform';

/** Requests for one session that may wait in one process. What comes on top is told to come back. */
const MAX_WAITING = 1000;

interface Line {
  length: number;
  last: Promise<unknown>;
}

/**
 * Lets those who want to enter one session to the database one after the other. They would wait for the session's lock anyway, but
 * each with a connection in hand, until none is left for all other sessions.
 */
@Injectable()
export class SessionQueue {
  private readonly lines = new Map<string, Line>();

  /** @throws `unavailable` if the line is too long, or the time is up when its turn comes */
  async run<T>(session: string, work: () => Promise<T>): Promise<T> {
    const line = this.lines.get(session) ?? { length: 0, last: Promise.resolve() };
    if (line.length >= MAX_WAITING) throw unavailable('The session', { reason: 'overloaded' });
    this.lines.set(session, line);
    line.length += 1;
    const turn = line.last.then(() => inTime(work));
    line.last = turn.catch(() => undefined);
    return turn.finally(() => {
      line.length -= 1;
      if (line.length === 0) this.lines.delete(session);
    });
  }
}

async function inTime<T>(work: () => Promise<T>): Promise<T> {
  const deadline = currentRequest()?.deadline;
  if (deadline !== undefined && Date.now() > deadline) throw unavailable('The session', { reason: 'deadline' });
  return work();
}
