import { type DynamicModule, Module } from '@nestjs/common';
import { AdminModule } from '../admin/admin.module.js';
import { AccessTokenGuard } from '../coviu/access/bearer.guard.js';
import { MetricsCollector, METRICS_TARGETS } from './collector.js';
import { MetricsController } from './metrics.controller.js';
import { MetricsGuard } from './metrics.guard.js';

@Module({ imports: [AdminModule], controllers: [MetricsController], providers: [MetricsCollector, MetricsGuard, AccessTokenGuard] })
export class MetricsModule {
  static of(targets: readonly string[]): DynamicModule {
    return { module: MetricsModule, providers: [{ provide: METRICS_TARGETS, useValue: targets }] };
  }
}
