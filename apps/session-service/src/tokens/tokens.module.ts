import { type DynamicModule, Global, Inject, Module, type OnModuleInit } from '@nestjs/common';
import type { SigningKey } from '@parley/jwt';
import { Database, KeyRing, Sealer } from '@parley/persistence';
import { LOGGER, type Logger } from '@parley/platform';
import { TokenVerifiers } from '@parley/rpc';
import { EntryKeysController } from './entry-keys.controller.js';
import { entryKeys } from './entry-keys.js';
import { EntryKeysService } from './entry-keys.service.js';
import { EntryTokens } from './entry-tokens.js';
import { LinkTokens } from './link-tokens.js';
import { TokenSigners } from './token-signers.js';

export interface TokensOptions {
  /** `iss` of entry tokens and of links. */
  issuer: string;
  /** The file with the keys that seal the signing keys. */
  keyFile: string;
  /** After so many days the signing key is replaced; 0: never by itself. */
  rotationDays?: number;
}

/** Entry tokens and links of Parley's own, made and verified everywhere in the process. */
@Global()
@Module({})
export class TokensModule implements OnModuleInit {
  constructor(
    private readonly tokens: EntryTokens,
    private readonly verifiers: TokenVerifiers,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  static forRoot({ issuer, keyFile, rotationDays = 0 }: TokensOptions): DynamicModule {
    return {
      module: TokensModule,
      controllers: [EntryKeysController],
      providers: [
        { provide: Sealer, useFactory: () => Sealer.fromFile(keyFile) },
        { provide: KeyRing, useFactory: (db: Database, sealer: Sealer) => entryKeys(db, sealer, rotationDays), inject: [Database, Sealer] },
        { provide: EntryTokens, useFactory: (keys: KeyRing<SigningKey>) => new EntryTokens(keys, issuer), inject: [KeyRing] },
        { provide: LinkTokens, useFactory: (keys: KeyRing<SigningKey>) => new LinkTokens(keys, issuer), inject: [KeyRing] },
        TokenSigners,
        EntryKeysService,
      ],
      exports: [EntryTokens, LinkTokens, Sealer],
    };
  }

  /** Waits for nothing: a process starts while its database is away or old, and says that it is not ready. */
  onModuleInit(): void {
    this.verifiers.use('entry', this.tokens);
    this.tokens.signer().catch((error: unknown) => this.logger.warn({ err: error }, 'no key for entry tokens yet'));
  }
}
