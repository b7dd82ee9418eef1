import { createHash } from 'node:crypto';
import { type AppError, type listRevocations, type ReplyOf, type Revocation, unavailable } from '@parley/dto';

/** So long after the last answer the revocations known by then are enough. Milliseconds. */
const GRACE_MS = 60_000;
/** Beyond this many, what is revoked can't be told any more, and so nothing is accepted. About 100 MB. */
const AT_MOST = 500_000;
/** Between two looks at which are over. Milliseconds. */
const TIDY_MS = 10_000;

type Ask = (request: { since?: string; after?: number }) => Promise<ReplyOf<typeof listRevocations>>;

/** What an access token says of itself, as far as it can be revoked by it. */
export interface Revocable {
  jti: string;
  clientId: string;
  orgId: string;
  subject: string;
  /** Epoch seconds. */
  issuedAt: number;
}

/** For a token the moment doesn't matter: it was issued before. Epoch milliseconds. */
interface Entry {
  at: number;
  expiresAt: number;
}

/**
 * The access tokens that are refused before their time is over. Promises: what `refresh` has learned or `add` was told is refused
 * at once; nothing is accepted before everything that is revoked is known, nor more than 60 s after the last `refresh`.
 */
export class Revocations {
  private readonly entries = new Map<string, Entry>();
  private asOf: string | undefined;
  private askedAt: number | undefined;
  private asking: Promise<void> | undefined;
  private tidiedAt = performance.now();

  constructor(private readonly ask: Ask) {}

  get size(): number {
    return this.entries.size;
  }

  add(revocations: readonly Revocation[]): void {
    for (const { kind, key, at, expiresAt } of revocations) {
      const [name, entry] = [`${kind} ${key}`, { at: Date.parse(at), expiresAt: Date.parse(expiresAt) }];
      if (entry.at >= (this.entries.get(name)?.at ?? -Infinity)) this.entries.set(name, entry);
    }
    this.tidy();
  }

  /** Asks for what is new since the last answer; the first time for everything. Those who call at once share one answer. */
  refresh(): Promise<void> {
    this.asking ??= this.load().finally(() => (this.asking = undefined));
    return this.asking;
  }

  /**
   * @throws `unavailable`, where it can't be told whether the token is revoked
   */
  async covers(token: Revocable): Promise<boolean> {
    if (this.askedAt === undefined) await this.refresh();
    this.assertCurrent();
    return this.has(`token ${hashOfJti(token.jti)}`) || this.since('client', token.clientId, token) || this.since('org', token.orgId, token) || this.since('user', token.subject, token);
  }

  /** @throws `unavailable`, while tokens can't be accepted */
  assertCurrent(): void {
    if (this.askedAt === undefined || performance.now() - this.askedAt > GRACE_MS) throw unknownRevocations();
    if (this.entries.size > AT_MOST) throw unknownRevocations();
  }

  private has(name: string): boolean {
    return this.entries.has(name);
  }

  /** `iat` is in whole seconds: one of the same second may be older. */
  private since(kind: Revocation['kind'], key: string, { issuedAt }: Revocable): boolean {
    const entry = this.entries.get(`${kind} ${key}`);
    return entry !== undefined && issuedAt * 1000 <= entry.at;
  }

  private async load(): Promise<void> {
    const began = performance.now();
    let page = await this.ask({ since: this.asOf });
    const { asOf } = page;
    this.add(page.revocations);
    while (page.next !== undefined) {
      page = await this.ask({ since: this.asOf, after: page.next });
      this.add(page.revocations);
    }
    this.asOf = asOf;
    this.askedAt = began;
  }

  private tidy(): void {
    if (performance.now() - this.tidiedAt < TIDY_MS) return;
    this.tidiedAt = performance.now();
    for (const [name, { expiresAt }] of this.entries) if (expiresAt < Date.now()) this.entries.delete(name);
  }
}

/** What leaves auth-service of a token: its `jti` is the token's id to the engine, so only the hash does. */
export const hashOfJti = (jti: string): string => createHash('sha256').update(jti).digest('base64url');

const unknownRevocations = (): AppError => unavailable('The list of revoked tokens');
