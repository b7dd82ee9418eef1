import { type DynamicModule, Module } from '@nestjs/common';
import { RpcModule } from '@parley/rpc';
import { AccessModule } from './access/access.module.js';
import type { GatewayConfig } from './config.js';
import { AdminModule } from './admin/admin.module.js';
import { CoviuModule } from './coviu/coviu.module.js';
import { CoviuSessionsModule } from './coviu-sessions/coviu-sessions.module.js';
import { DatagramModule } from './datagram/datagram.module.js';
import { HealthController } from './health/health.controller.js';
import { OpentokModule } from './opentok/opentok.module.js';

@Module({ imports: [CoviuModule, DatagramModule, OpentokModule, CoviuSessionsModule, AdminModule], controllers: [HealthController] })
export class AppModule {
  static forRoot({ NATS_URL }: GatewayConfig): DynamicModule {
    return { module: AppModule, imports: [RpcModule.forRoot({ service: 'gateway', natsUrl: NATS_URL }), AccessModule] };
  }
}
