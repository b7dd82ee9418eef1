/** The stream maker as a process of its own, for a deployment in containers: with `/health/ready` and `/metrics`, as a service has them. */
import { createLogger, loadConfig, processMetrics, Readiness, serveHealth, serviceConfig } from '@parley/platform';
import { startStreamMaker } from './stream-maker.js';

const NAME = 'stream-maker';
const config = loadConfig(serviceConfig);
const logger = createLogger({ name: NAME, level: config.LOG_LEVEL, format: config.LOG_FORMAT });
const readiness = new Readiness();
await serveHealth({ readiness, metrics: processMetrics(NAME, readiness) }, config.HOST, config.HEALTH_PORT);
const maker = startStreamMaker(config.NATS_URL, (line) => logger.info(line));
readiness.add('nats', () => maker.check());
await maker.ready;
logger.info('ready');
process.send?.({ type: 'ready' });

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    logger.info({ why: signal }, 'stopping');
    void maker.stop().finally(() => process.exit(0));
  });
}
