import { createHash, timingSafeEqual } from 'node:crypto';

/** The token of PARLEY_ADMIN_TOKEN, if there is one. */
export class OperatorToken {
  private readonly hash: Buffer | undefined;

  constructor(token: string | undefined) {
    this.hash = token === undefined ? undefined : digest(token);
  }

  /** In a time that says nothing of how much was right. */
  is(given: string): boolean {
    return this.hash !== undefined && timingSafeEqual(digest(given), this.hash);
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
