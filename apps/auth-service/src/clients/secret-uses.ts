import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '@parley/persistence';
import { LOGGER, type Logger } from '@parley/platform';
import type { ApiClient } from './client.entity.js';

/** Between two notes of one secret, in this process and in the table. Milliseconds. */
const EVERY_MS = 60_000;
/** What was used meanwhile is written at once. Milliseconds. */
const COLLECT_MS = 1_000;

/** When each secret of a client was last used, give or take a minute; written beside the requests, so that none waits for it. */
@Injectable()
export class SecretUses implements OnApplicationBootstrap {
  /** By the id of the secret, in the order of their notes: the first is the oldest. */
  private readonly noted = new Map<string, number>();
  private collected: string[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly db: Database,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.db.beforeClose(() => this.flush());
  }

  note(client: ApiClient, secret: string): void {
    const [id, now] = [client.secretId(secret), Date.now()];
    if (id === undefined || now - (this.noted.get(id) ?? -EVERY_MS) < EVERY_MS) return;
    this.noted.set(id, now);
    this.collected.push(id);
    this.timer ??= setTimeout(() => void this.flush(), COLLECT_MS).unref();
  }

  /** Lost when it fails: the next use after a minute tries again. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const ids = this.collected.splice(0);
    for (const [id, at] of this.noted) if (Date.now() - at >= EVERY_MS) this.noted.delete(id);
    if (ids.length === 0) return;
    await this.db
      .query(`update client_secret set last_used = parley_now() where id = any($1::uuid[]) and (last_used is null or last_used <= parley_now() - interval '1 minute')`, [ids])
      .catch((error: unknown) => this.logger.warn({ err: error }, 'the last use of client secrets was not noted'));
  }
}
