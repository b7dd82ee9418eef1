import './engine/runtime-notice.js';
import { runService } from '@parley/platform';
import { NatsServer } from '@parley/rpc';
import { AppModule } from './app.module.js';
import { readConfig } from './config.js';
import { listenHttp } from './http/http.js';

await runService({
  name: 'auth-service',
  config: readConfig,
  module: (config) => AppModule.forRoot(config),
  http: (module, { HOST, HTTP_PORT }, logger) => listenHttp(module, { host: HOST, port: HTTP_PORT, logger }),
  transport: ({ NATS_URL }) => new NatsServer('auth', NATS_URL),
});
