import { digestOf, hasDigest } from '../secret-digest.js';

/** RFC 7515, 3.1: three parts with dots between. */
export const looksLikeJwt = (text: string): boolean => text.split('.').length === 3;

/** The token of PARLEY_ADMIN_TOKEN, if there is one. */
export class OperatorToken {
  private readonly hash: Buffer | undefined;

  constructor(token: string | undefined) {
    this.hash = token === undefined ? undefined : digestOf(token);
  }

  /** Whether a text can be one at all: see PARLEY_ADMIN_TOKEN. A JWT that is broken is no guess. */
  couldBe(text: string): boolean {
    return this.hash !== undefined && /^[\w~+/.=-]{12,1024}$/.test(text) && !looksLikeJwt(text);
  }

  /** In a time that says nothing of how much was right. */
  is(given: string): boolean {
    return this.hash !== undefined && hasDigest(given, this.hash);
  }
}
