import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { getEntryKeys, KeyRotationDto, KeyRotationWish, ReplyOf } from '@parley/dto';
import { type Actor, operatorOnly, type SigningKey } from '@parley/jwt';
import { Database, KeyRing, Periodic } from '@parley/persistence';
import { LOGGER, type Logger } from '@parley/platform';
import { noteOf } from './entry-keys.js';
import { TokenSigners } from './token-signers.js';

const FOLLOW_EVERY_MS = 1_000;

/** The keys of entry tokens: who else may know them, and how they are replaced. Takes each to its next state when it is time, and this copy along. */
@Injectable()
export class EntryKeysService implements OnApplicationBootstrap {
  constructor(
    private readonly db: Database,
    private readonly keys: KeyRing<SigningKey>,
    private readonly signers: TokenSigners,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    const failed = (error: unknown): void => this.logger.warn({ err: error }, 'the keys of entry tokens were not looked after');
    new Periodic({ everyMs: FOLLOW_EVERY_MS, work: async () => this.signers.follow(await this.keys.advance()), failed }).startOn(this.db);
  }

  async published(): Promise<ReplyOf<typeof getEntryKeys>> {
    return { issuer: this.signers.issuer, keys: await this.keys.published() };
  }

  async rotate(actor: Actor, { compromised }: KeyRotationWish): Promise<KeyRotationDto> {
    if (!actor.operator) throw operatorOnly();
    return compromised ? this.keys.replace(noteOf(actor)) : this.keys.begin(noteOf(actor));
  }
}
