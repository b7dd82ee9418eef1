import { Injectable } from '@nestjs/common';
import type { listRefusals, RefusalDto, ReplyOf, RequestOf } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Database, type Tx } from '@parley/persistence';
import { refusalDto, type Refusal } from './refusal.entity.js';
import { RefusalsRepository } from './refusals.repository.js';

/** Whoever tries the same link again and again is told each time, and written down once in so long. Milliseconds. */
const SAME_AGAIN_MS = 1000;
/** So many are remembered at most. */
const REMEMBERED = 10_000;

/** Who was not let in, and why. */
@Injectable()
export class RefusalsService {
  /** When what was last written down. */
  private readonly latest = new Map<string, number>();

  constructor(
    private readonly db: Database,
    private readonly refusals: RefusalsRepository,
  ) {}

  /** In the transaction that decided: what it looked at is what was true. */
  keep(tx: Tx, refusals: readonly Refusal[]): void {
    const news = new Map(refusals.filter((refusal) => this.isNews(refusal)).map((refusal) => [whatOf(refusal), refusal]));
    if (news.size === 0) return;
    this.refusals.insert(tx, [...news.values()]);
    tx.afterCommit(() => this.remember([...news.keys()]));
  }

  /** For a refusal that needed no transaction. */
  async keepNow(refusal: Refusal): Promise<void> {
    if (this.isNews(refusal)) await this.db.write([], (tx) => Promise.resolve(this.keep(tx, [refusal])));
  }

  async list({ orgId }: Actor, request: RequestOf<typeof listRefusals>): Promise<ReplyOf<typeof listRefusals>> {
    const page = await this.db.read((tx) => this.refusals.list(tx, orgId, request));
    return { ...page, items: page.items.map(refusalDto) };
  }

  async get({ orgId }: Actor, id: string): Promise<RefusalDto> {
    return refusalDto(await this.db.read((tx) => this.refusals.get(tx, orgId, id)));
  }

  /** Otherwise one old link in a loop would fill the disk. */
  private isNews(refusal: Refusal): boolean {
    return Date.now() - (this.latest.get(whatOf(refusal)) ?? -Infinity) >= SAME_AGAIN_MS;
  }

  private remember(kept: readonly string[]): void {
    if (this.latest.size >= REMEMBERED) this.latest.clear();
    for (const what of kept) this.latest.set(what, Date.now());
  }
}

const whatOf = ({ orgId, linkId, code }: Refusal): string => `${orgId} ${linkId} ${code}`;
