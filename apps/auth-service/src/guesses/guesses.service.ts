import { Injectable } from '@nestjs/common';
import { Database, type Query, type Tx, uuidv7 } from '@parley/persistence';
import { currentRequest } from '@parley/platform';
import { bySystem, recordAct } from '../audit/record-act.js';
import { isClientId } from '../clients/client.entity.js';
import { type Guess, type GuessKeys, keysOf } from './guess.js';
import { tooManyFailures } from './guesses.errors.js';
import { GuessesRepository, GuessLimits, type Reached } from './guesses.repository.js';

/** How often somebody looks again who waits for others' attempts to be judged. Milliseconds. */
const LOOK_AGAIN_MS = 25;
/** How long such a one waits at most, where no request's deadline is nearer. Milliseconds. */
const WAIT_AT_MOST_MS = 1_500;

/**
 * Counts failed attempts to show a secret, and refuses more than the limits allow (`docs/api/tokens.md`, G). Only failures count. At a
 * limit everything is refused, right or wrong; but the limit of a client refuses no address that has not failed there itself.
 */
@Injectable()
export class Guesses {
  constructor(
    private readonly db: Database,
    private readonly guesses: GuessesRepository,
    private readonly limits: GuessLimits,
  ) {}

  /**
   * For a check that takes its time (a password): its place is taken before, and given back if it was right, so that of many at once
   * no more are checked than may fail. Answers what `check` does; undefined is a failure.
   * @throws `too_many_failures`
   */
  async attempt<T>(guess: Guess, check: () => Promise<T | undefined>): Promise<T | undefined> {
    const keys = keysOf(guess);
    const id = await this.takePlace(keys);
    const answer = await check().catch(async (error: unknown) => {
      await this.guesses.release(this.db, id);
      throw error;
    });
    if (answer !== undefined) await this.guesses.release(this.db, id);
    else await this.settle(guess, keys, id);
    return answer;
  }

  /**
   * For what was judged at once, and was wrong (a client secret).
   * @throws `too_many_failures` in the place of the caller's own refusal
   */
  async failed(guess: Guess): Promise<void> {
    const keys = keysOf(guess);
    const over = await this.db.write(this.guesses.locksOf(keys), async (tx) => {
      if (!(await this.guesses.reserve(tx, { id: uuidv7(), settled: true }, keys))) throw this.refusal(await this.guesses.reached(tx, keys));
      return this.noteReached(tx, guess, keys);
    });
    this.refuseIf(over);
  }

  /**
   * For what was judged at once, and was right: one statement, in a transaction of the caller's if there is one.
   * @throws `too_many_failures`
   */
  async admit(guess: Guess, db: { query: Query } = this.db): Promise<void> {
    const reached = await this.guesses.reached(db, keysOf(guess));
    if (reached.length > 0) throw this.refusal(reached);
  }

  /** Waits for those who are being judged: they may all be right. */
  private async takePlace(keys: GuessKeys): Promise<string> {
    const until = Math.min(currentRequest()?.deadline ?? Infinity, Date.now() + WAIT_AT_MOST_MS);
    for (;;) {
      const id = uuidv7();
      if (await this.db.write(this.guesses.locksOf(keys), (tx) => this.guesses.reserve(tx, { id, settled: false }, keys))) return id;
      const reached = await this.guesses.reached(this.db, keys);
      if (reached.length > 0 || Date.now() + LOOK_AGAIN_MS >= until) throw this.refusal(reached);
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
  }

  private async settle(guess: Guess, keys: GuessKeys, id: string): Promise<void> {
    const over = await this.db.write(this.guesses.locksOf(keys), async (tx) => {
      await this.guesses.settle(tx, id);
      return this.noteReached(tx, guess, keys);
    });
    this.refuseIf(over);
  }

  /** Whoever reaches a limit is told to the audit log. Answers those that were passed: by an address that had not failed there before. */
  private async noteReached(tx: Tx, guess: Guess, keys: GuessKeys): Promise<Reached[]> {
    const reached = await this.guesses.reached(tx, keys);
    for (const { policy, quota } of reached) {
      const details = { limit: policy, failures: quota, windowSeconds: this.limits.windowSeconds, secret: guess.secret };
      const target = { kind: guess.secret === 'operator-token' ? 'operator' : 'client', id: isClientId(guess.client) ? guess.client : 'unknown' };
      recordAct(tx, bySystem('guesses'), { ...(guess.orgId ? { orgId: guess.orgId } : {}), act: 'failures.limit-reached', target, details });
    }
    return reached.filter(({ failures, quota }) => failures > quota);
  }

  private refuseIf(over: readonly Reached[]): void {
    if (over.length > 0) throw this.refusal(over);
  }

  private refusal([longest]: readonly Reached[]): Error {
    return tooManyFailures(longest ?? { policy: 'account', quota: this.limits.perAccount, wait: 1 }, this.limits.windowSeconds);
  }
}
