import { Injectable } from '@nestjs/common';
import { AppError } from '@parley/dto';

const WINDOW_MS = 60_000;
/** Requests in a window, from one address and from all of them. A gateway counts for itself: protection, not a promise. */
const PER_ADDRESS = 60;
const IN_ALL = 600;

const tooMany = (until: number): AppError =>
  new AppError('rate_limited', 'opentok.anonymous_rate', 'Too many requests without an access token. Try again later, or send one.', { retryAt: new Date(until).toISOString() });

/** How often anybody may make OpenTok sessions and tokens without saying who they are. */
@Injectable()
export class AnonymousRate {
  private until = 0;
  private all = 0;
  private counts = new Map<string, number>();

  /** @throws `opentok.anonymous_rate` */
  count(address: string, now = Date.now()): void {
    if (now >= this.until) this.begin(now);
    const count = (this.counts.get(address) ?? 0) + 1;
    this.all += 1;
    if (count > PER_ADDRESS || this.all > IN_ALL) throw tooMany(this.until);
    this.counts.set(address, count);
  }

  private begin(now: number): void {
    this.until = now + WINDOW_MS;
    this.all = 0;
    this.counts = new Map();
  }
}
