import { Injectable } from '@nestjs/common';
import type { listRefusals, RefusalDto, ReplyOf, RequestOf } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Database, type Tx } from '@parley/persistence';
import { refusalDto, type Refusal } from './refusal.entity.js';
import { RefusalsRepository } from './refusals.repository.js';

/** Who was not let in, and why. */
@Injectable()
export class RefusalsService {
  constructor(
    private readonly db: Database,
    private readonly refusals: RefusalsRepository,
  ) {}

  /** In the transaction that decided: what it looked at is what was true. */
  keep(tx: Tx, refusals: readonly Refusal[]): void {
    if (refusals.length > 0) this.refusals.insert(tx, refusals);
  }

  /** For a refusal that needed no transaction. */
  keepNow(refusal: Refusal): Promise<void> {
    return this.db.write([], (tx) => Promise.resolve(this.refusals.insert(tx, [refusal])));
  }

  async list({ orgId }: Actor, request: RequestOf<typeof listRefusals>): Promise<ReplyOf<typeof listRefusals>> {
    const page = await this.db.read((tx) => this.refusals.list(tx, orgId, request));
    return { ...page, items: page.items.map(refusalDto) };
  }

  async get({ orgId }: Actor, id: string): Promise<RefusalDto> {
    return refusalDto(await this.db.read((tx) => this.refusals.get(tx, orgId, id)));
  }
}
