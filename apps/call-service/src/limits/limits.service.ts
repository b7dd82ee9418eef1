import { Injectable } from '@nestjs/common';
import { findCallRules, type ReplyOf, type RequestInputOf } from '@parley/dto';
import { Database } from '@parley/persistence';
import { RpcClient } from '@parley/rpc';
import { LimitsRepository } from './limits.repository.js';

type Rules = ReplyOf<typeof findCallRules>;

@Injectable()
export class LimitsService {
  private readonly asking = new Map<string, Promise<Rules>>();

  constructor(
    private readonly db: Database,
    private readonly rpc: RpcClient,
    private readonly limits: LimitsRepository,
  ) {}

  /** Asks auth-service, and keeps what it says; null: there is no such user. Those who ask the same at the same time ask once. */
  learn(of: RequestInputOf<typeof findCallRules>): Promise<Rules> {
    const key = JSON.stringify([of.orgId, of.clientId, of.user]);
    const underWay = this.asking.get(key);
    if (underWay) return underWay;
    const asked = this.ask(of).finally(() => this.asking.delete(key));
    this.asking.set(key, asked);
    return asked;
  }

  private async ask(of: RequestInputOf<typeof findCallRules>): Promise<Rules> {
    const found = await this.rpc.call(findCallRules, of);
    if (found) {
      await this.db.write([], (tx) => found.rules.forEach((rule) => this.limits.save(tx, rule)));
    }
    return found;
  }
}
