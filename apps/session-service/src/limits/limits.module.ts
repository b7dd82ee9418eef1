import { type DynamicModule, Global, Module } from '@nestjs/common';
import { AdmissionLimits } from './admission-limits.js';

/** What the operator set, everywhere in the process. */
@Global()
@Module({})
export class LimitsModule {
  static of(limits: AdmissionLimits): DynamicModule {
    return { module: LimitsModule, providers: [{ provide: AdmissionLimits, useValue: limits }], exports: [AdmissionLimits] };
  }
}
