import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { SigningKey } from '@parley/jwt';
import { Database, KeyRing, Periodic } from '@parley/persistence';
import { LOGGER, type Logger } from '@parley/platform';

/** Injection token: who signs with these keys. */
export const KEY_USERS = Symbol('KEY_USERS');

export interface KeyUser {
  /** Takes the keys of another version, if they have changed. */
  follow(version: string): Promise<void>;
}

/** Takes each key to its next state when it is time, and this copy along. On every copy: whoever comes first does it. */
@Injectable()
export class KeyFollower implements OnApplicationBootstrap {
  constructor(
    private readonly db: Database,
    private readonly keys: KeyRing<SigningKey>,
    @Inject(KEY_USERS) private readonly users: readonly KeyUser[],
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    const failed = (error: unknown): void => this.logger.warn({ err: error }, 'the signing keys were not looked after');
    new Periodic({ everyMs: 1_000, work: () => this.follow(), failed }).startOn(this.db);
  }

  private async follow(): Promise<void> {
    const version = await this.keys.advance();
    await Promise.all(this.users.map((user) => user.follow(version)));
  }
}
