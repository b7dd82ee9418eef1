import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { LOGGER, type Logger } from '@parley/platform';
import { SigningKeysService } from '../keys/signing-keys.service.js';
import { Settings } from '../settings.module.js';
import { ArtifactAdapter } from './artifact-adapter.js';
import { ArtifactsRepository } from './artifacts.repository.js';
import { ClientAdapter } from './client-adapter.js';
import { Engine } from './engine.js';

/** The engine with the keys of today. */
@Injectable()
export class EngineHolder implements OnModuleInit {
  private current: Promise<Engine> | undefined;

  constructor(
    private readonly keys: SigningKeysService,
    private readonly artifacts: ArtifactsRepository,
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

  private async build(): Promise<Engine> {
    const adapter = (model: string) => (model === 'Client' ? new ClientAdapter() : new ArtifactAdapter(model, this.artifacts));
    const { issuer, accessTtl } = this.settings;
    return new Engine(issuer, { adapter, keys: await this.keys.load(), accessTtl });
  }
}
