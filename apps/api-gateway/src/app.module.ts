import { type DynamicModule, Module } from '@nestjs/common';
import { RpcModule } from '@parley/rpc';
import { AccessModule } from './access/access.module.js';
import type { GatewayConfig } from './config.js';
import { AdminModule } from './admin/admin.module.js';
import { ClickToCallModule } from './click-to-call/click-to-call.module.js';
import { CoviuModule } from './coviu/coviu.module.js';
import { HealthController } from './health/health.controller.js';

@Module({ imports: [CoviuModule, AdminModule], controllers: [HealthController] })
export class AppModule {
  static forRoot({ NATS_URL, PARLEY_PUBLIC_URL }: GatewayConfig): DynamicModule {
    return { module: AppModule, imports: [RpcModule.forRoot({ service: 'gateway', natsUrl: NATS_URL }), AccessModule, ClickToCallModule.forRoot(PARLEY_PUBLIC_URL)] };
  }
}
