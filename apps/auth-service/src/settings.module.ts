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
    /** After so many days the signing key is replaced; 0: never by itself. */
    readonly rotationDays: number,
  ) {}
}

export const settingsOf = ({ PARLEY_PUBLIC_URL, COVIU_ACCESS_TTL, SIGNING_KEY_ROTATION_DAYS }: Config): Settings =>
  new Settings(PARLEY_PUBLIC_URL, COVIU_ACCESS_TTL, SIGNING_KEY_ROTATION_DAYS);

/** The settings and the keeper of secrets, where they are needed. */
@Global()
@Module({})
export class SettingsModule {
  static forRoot(config: Config): DynamicModule {
    return {
      module: SettingsModule,
      providers: [
        { provide: Settings, useValue: settingsOf(config) },
        { provide: Sealer, useFactory: () => Sealer.fromFile(config.PARLEY_KEK_FILE) },
      ],
      exports: [Settings, Sealer],
    };
  }
}
