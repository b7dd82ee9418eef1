import { unavailable } from '@parley/dto';
import { currentRequest, type RequestContext, sharedRequest, withRequest } from '@parley/platform';

/** Requests for one session that may wait in one process. What comes on top is told to come back. */
const MAX_WAITING = 1000;
/** So many are served together at most. */
const AT_ONCE = 100;

/** Somebody in the line, with the request that brought them. */
export interface InLine<Item, Result> {
  item: Item;
  request: RequestContext | undefined;
  resolve(result: Result): void;
  reject(reason: unknown): void;
}

/**
 * Lets those who want to enter one session to the database together: one transaction for all who have come while the last one ran.
 * Each with one of its own would wait for the session's lock with a connection in hand, until none is left for all other sessions,
 * and most of five hundred would wait too long.
 */
export class SessionLines<Item, Result> {
  private readonly lines = new Map<string, InLine<Item, Result>[]>();

  /** `serve` answers everybody whom it is given, or lets them rejoin, or fails for all whom it has not answered. */
  constructor(private readonly serve: (turn: readonly InLine<Item, Result>[]) => Promise<void>) {}

  /** @throws `unavailable` if the line is too long, or the time is up when its turn comes */
  join(session: string, item: Item): Promise<Result> {
    if ((this.lines.get(session)?.length ?? 0) >= MAX_WAITING) throw unavailable('The session', { reason: 'overloaded' });
    return new Promise((resolve, reject) => this.rejoin(session, { item, request: currentRequest(), resolve, reject }));
  }

  /** For somebody who was served and must come again: behind those who have come meanwhile. */
  rejoin(session: string, waiting: InLine<Item, Result>): void {
    const line = this.lines.get(session) ?? [];
    line.push(waiting);
    if (this.lines.has(session)) return;
    this.lines.set(session, line);
    void this.serveAll(session, line);
  }

  private async serveAll(session: string, line: InLine<Item, Result>[]): Promise<void> {
    while (line.length > 0) {
      const turn = line.splice(0, AT_ONCE).filter(inTime);
      const request = sharedRequest(turn.map(({ request }) => request));
      await withRequest(request, () => this.serve(turn)).catch((error: unknown) => turn.forEach(({ reject }) => reject(error)));
    }
    this.lines.delete(session);
  }
}

function inTime<Item, Result>({ request, reject }: InLine<Item, Result>): boolean {
  const late = request !== undefined && Date.now() > request.deadline;
  if (late) reject(unavailable('The session', { reason: 'deadline' }));
  return !late;
}
