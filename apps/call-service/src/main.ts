import { runService } from '@parley/platform';
import { NatsServer } from '@parley/rpc';
import { AppModule } from './app.module.js';
import { readConfig } from './config.js';

await runService({
  name: 'call-service',
  config: readConfig,
  module: (config) => AppModule.forRoot(config),
  transport: ({ NATS_URL }) => new NatsServer('call', NATS_URL),
});
