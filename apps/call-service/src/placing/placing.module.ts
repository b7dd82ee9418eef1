import { type DynamicModule, Module } from '@nestjs/common';
import { CallsModule } from '../calls/calls.module.js';
import { LimitsModule } from '../limits/limits.module.js';
import { PlacingController } from './placing.controller.js';
import { CALL_MAX_DURATION, PlacingRepository } from './placing.repository.js';
import { PlacingService } from './placing.service.js';

@Module({ imports: [CallsModule, LimitsModule], controllers: [PlacingController] })
export class PlacingModule {
  static forRoot(maxDuration: number): DynamicModule {
    return { module: PlacingModule, providers: [PlacingService, PlacingRepository, { provide: CALL_MAX_DURATION, useValue: maxDuration }] };
  }
}
