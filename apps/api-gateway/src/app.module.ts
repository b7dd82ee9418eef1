import { type DynamicModule, Module } from '@nestjs/common';
import { RpcModule } from '@parley/rpc';
import { AccessModule } from './access/access.module.js';
import type { GatewayConfig } from './config.js';
import { AdminModule } from './admin/admin.module.js';
import { ClickToCallModule } from './click-to-call/click-to-call.module.js';
import { CoviuModule } from './coviu/coviu.module.js';
import { EntryKeysController } from './entry-keys/entry-keys.controller.js';
import { PublicUrl } from './http/public-url.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { CoviuSessionsModule } from './coviu-sessions/coviu-sessions.module.js';
import { DatagramModule } from './datagram/datagram.module.js';
import { HealthController } from './health/health.controller.js';
import { OpentokModule } from './opentok/opentok.module.js';

@Module({ imports: [CoviuModule, DatagramModule, OpentokModule, CoviuSessionsModule, AdminModule], controllers: [HealthController, EntryKeysController] })
export class AppModule {
  static forRoot({ NATS_URL, PARLEY_PUBLIC_URL, METRICS_TARGETS }: GatewayConfig): DynamicModule {
    const publicUrl = { provide: PublicUrl, useValue: new PublicUrl(PARLEY_PUBLIC_URL) };
    const imports = [RpcModule.forRoot({ service: 'gateway', natsUrl: NATS_URL }), AccessModule, MetricsModule.of(METRICS_TARGETS), ClickToCallModule.forRoot(PARLEY_PUBLIC_URL)];
    return { module: AppModule, global: true, imports, providers: [publicUrl], exports: [publicUrl] };
  }
}
