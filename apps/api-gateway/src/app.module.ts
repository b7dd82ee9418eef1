import { type DynamicModule, Module } from '@nestjs/common';
import { RpcModule } from '@parley/rpc';
import { AccessModule } from './access/access.module.js';
import type { GatewayConfig } from './config.js';
import { AdminModule } from './admin/admin.module.js';
import { CoviuModule } from './coviu/coviu.module.js';
import { HealthController } from './health/health.controller.js';
import { MetricsModule } from './metrics/metrics.module.js';

@Module({ imports: [CoviuModule, AdminModule], controllers: [HealthController] })
export class AppModule {
  static forRoot({ NATS_URL, METRICS_TARGETS }: GatewayConfig): DynamicModule {
    return { module: AppModule, imports: [RpcModule.forRoot({ service: 'gateway', natsUrl: NATS_URL }), AccessModule, MetricsModule.of(METRICS_TARGETS)] };
  }
}
