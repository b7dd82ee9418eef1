import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Sealer } from '@parley/persistence';
import type { Config } from './config.js';

/** What the configuration says of tokens. */
export class Settings {
  constructor(
    /** Of every token: an origin. */
    readonly issuer: string,
    /** Seconds for which an access token lives. */
    readonly accessTtl: number,
  ) {}
}

/** The settings and the keeper of secrets, where they are needed. */
@Global()
@Module({})
export class SettingsModule {
  static forRoot({ PARLEY_PUBLIC_URL, PARLEY_KEK_FILE, COVIU_ACCESS_TTL }: Config): DynamicModule {
    return {
      module: SettingsModule,
      providers: [
        { provide: Settings, useValue: new Settings(PARLEY_PUBLIC_URL, COVIU_ACCESS_TTL) },
        { provide: Sealer, useFactory: () => Sealer.fromFile(PARLEY_KEK_FILE) },
      ],
      exports: [Settings, Sealer],
    };
  }
}
