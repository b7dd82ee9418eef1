import { type DynamicModule, Global, Module } from '@nestjs/common';
import { GuessesRepository, GuessLimits } from './guesses.repository.js';
import { Guesses } from './guesses.service.js';

/** How many failures anybody has, wherever a secret is shown. */
@Global()
@Module({})
export class GuessesModule {
  static forRoot(limits: GuessLimits): DynamicModule {
    const providers = [{ provide: GuessLimits, useValue: limits }, GuessesRepository, Guesses];
    return { module: GuessesModule, providers, exports: [GuessLimits, GuessesRepository, Guesses] };
  }
}
