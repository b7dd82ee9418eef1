import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { SigningKey } from '@parley/jwt';
import { KeyRing } from '@parley/persistence';
import { LOGGER, type Logger } from '@parley/platform';
import { Settings } from '../settings.module.js';
import { EngineStorage } from '../oauth-storage/engine-storage.js';
import { Engine } from '../engine/engine.js';

/** The engine with the keys of today. */
@Injectable()
export class EngineHolder implements OnModuleInit {
  private current: Promise<Engine> | undefined;
  private builtWith = '';

  constructor(
    private readonly keys: KeyRing<SigningKey>,
    private readonly storage: EngineStorage,
    private readonly settings: Settings,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Begins, and doesn't wait: without its keys a process is up and says that it is not ready. */
  onModuleInit(): void {
    this.get().catch((error: unknown) => this.logger.warn({ err: error }, 'no signing keys yet'));
  }

  /** Built on first use; what failed is tried again by the next who asks. */
  get(): Promise<Engine> {
    this.current ??= this.build().catch((error: unknown) => {
      this.current = undefined;
      throw error;
    });
    return this.current;
  }

  /** An engine has its keys for life: with others comes another one. Whoever works with the old one finishes there. */
  async follow(version: string): Promise<void> {
    await this.get();
    if (version === this.builtWith) return;
    this.current = Promise.resolve(await this.build());
    this.logger.info('the signing keys have changed');
  }

  private async build(): Promise<Engine> {
    const { issuer, accessTtl } = this.settings;
    const stored = await this.storage.parts();
    const { keys, version } = await this.keys.loadWithVersion();
    const engine = new Engine(issuer, { ...stored, keys, accessTtl, secure: issuer.startsWith('https:') });
    this.builtWith = version;
    return engine;
  }
}
