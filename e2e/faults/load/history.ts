/** `unknown`: answered 503, or not at all. What was asked may have happened, or may not. */
export type Outcome = 'ok' | 'fail' | 'unknown';

/** One request that a client made, as the client saw it. Times are milliseconds of one clock. */
export interface Operation {
  readonly name: string;
  /** What it writes, in the words of `facts.ts`; a request that tells no event has none. */
  readonly fact: string | undefined;
  /** False if it only reads. */
  readonly writes: boolean;
  readonly invoked: number;
  readonly returned: number;
  readonly outcome: Outcome;
  /** 0: there was no answer. */
  readonly status: number;
  readonly code: string;
}

export class History {
  readonly operations: Operation[] = [];

  add(operation: Operation): void {
    this.operations.push(operation);
  }

  /** Of the writes, those with that outcome. */
  count(outcome: Outcome): number {
    return this.operations.filter((each) => each.writes && each.outcome === outcome).length;
  }

  /** Writes that were under way at that moment, and of which nobody was told what became. */
  unclearAt(moment: number): number {
    return this.operations.filter(({ writes, outcome, invoked, returned }) => writes && outcome === 'unknown' && invoked < moment && returned > moment).length;
  }

  /** What the quickest of the writes took that were acknowledged within that time, in ms. */
  quickestWithin(from: number, to: number): number {
    const within = this.operations.filter(({ writes, outcome, invoked, returned }) => writes && outcome === 'ok' && invoked >= from && returned <= to);
    return Math.min(...within.map(({ invoked, returned }) => returned - invoked));
  }

  /** Of the facts that were asked for, those with that outcome. */
  facts(outcome: Outcome): Set<string> {
    return new Set(this.operations.flatMap((each) => (each.outcome === outcome && each.fact !== undefined ? [each.fact] : [])));
  }

  /** How often which answer was given to what. */
  answers(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { name, status, code } of this.operations) {
      const answer = `${name}: ${status} ${code}`.trim();
      counts[answer] = (counts[answer] ?? 0) + 1;
    }
    return counts;
  }

  /** The longest time without any acknowledged write, in ms. */
  longestGap(from: number, to: number): number {
    const successes = this.operations.filter(({ writes, outcome }) => writes && outcome === 'ok').map(({ returned }) => returned);
    const moments = [from, ...successes.filter((at) => at > from && at < to).sort((a, b) => a - b), to];
    return Math.max(0, ...moments.slice(1).map((at, n) => at - (moments[n] ?? at)));
  }
}
