import { type DynamicModule, Global, Inject, Module, type OnModuleInit } from '@nestjs/common';
import { Sealer } from '@parley/persistence';
import { LOGGER, type Logger } from '@parley/platform';
import { TokenVerifiers } from '@parley/rpc';
import { EntryTokens } from './entry-tokens.js';
import { LinkTokens } from './link-tokens.js';
import { SigningKeysRepository } from './signing-keys.repository.js';

export interface TokensOptions {
  /** `iss` of entry tokens and of links. */
  issuer: string;
  /** The file with the keys that seal the signing keys. */
  keyFile: string;
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

  static forRoot({ issuer, keyFile }: TokensOptions): DynamicModule {
    return {
      module: TokensModule,
      providers: [
        { provide: Sealer, useFactory: () => Sealer.fromFile(keyFile) },
        SigningKeysRepository,
        { provide: EntryTokens, useFactory: (keys: SigningKeysRepository) => new EntryTokens(keys, issuer), inject: [SigningKeysRepository] },
        { provide: LinkTokens, useFactory: (keys: SigningKeysRepository) => new LinkTokens(keys, issuer), inject: [SigningKeysRepository] },
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
