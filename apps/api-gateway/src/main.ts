import { runService } from '@parley/platform';
import { AppModule } from './app.module.js';
import { readConfig } from './config.js';
import { listenHttp } from './http/http-app.js';

await runService({ name: 'api-gateway', config: readConfig, module: (config) => AppModule.forRoot(config), http: listenHttp });
