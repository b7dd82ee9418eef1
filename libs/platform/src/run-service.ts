import type { DynamicModule, INestApplication, INestMicroservice, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import { PlatformModule } from './platform.module.js';
import { ConfigError } from './config.js';
import { Readiness, serveHealth } from './health.js';
import { createLogger, NestLogger, type Logger } from './logger.js';
import { processMetrics } from './metrics.js';

/** After this long a process that is asked to stop ends, finished or not. Milliseconds; the launcher waits 10 s. */
const STOP_WITHIN_MS = 8000;

export interface ServiceConfig {
  LOG_LEVEL: string;
  LOG_FORMAT: 'json' | 'pretty';
  HOST: string;
  HEALTH_PORT: number;
}

/** A transport that can tell whether a request could reach it: `check` rejects with the reason if not. */
export type Transport = CustomTransportStrategy & { check(): Promise<void> };

export interface ServiceParts<Config extends ServiceConfig> {
  name: string;
  /** Reads the configuration; its faults are printed and end the process. */
  config: () => Config;
  module: (config: Config) => Type | DynamicModule;
  /** Makes the application out of the module and starts to listen; a service without HTTP leaves it out. */
  http?: (module: Type | DynamicModule, config: Config, logger: NestLogger) => Promise<INestApplication>;
  /** The transport on which requests of other services arrive. */
  transport?: (config: Config) => Transport;
}

/** The whole life of a process: configure, start, tell that it is ready, and on SIGTERM, SIGINT or a lost parent stop in order. */
export async function runService<Config extends ServiceConfig>(parts: ServiceParts<Config>): Promise<void> {
  const config = readConfig(parts.config);
  const logger = createLogger({ name: parts.name, level: config.LOG_LEVEL, format: config.LOG_FORMAT });
  const readiness = new Readiness();
  const metrics = processMetrics(parts.name, readiness);
  const health = await serveHealth({ readiness, metrics }, config.HOST, config.HEALTH_PORT);
  surviveStrayRejections(logger);
  let app: INestApplication | INestMicroservice | undefined;
  stopInOrder(logger, readiness, async () => app?.close());
  const module = PlatformModule.around(parts.module(config), logger, readiness, metrics);
  const transport = parts.transport?.(config);
  if (transport) readiness.add('nats', () => transport.check());
  app = await start(parts, module, config, { transport, logger: new NestLogger(logger) });
  logger.info({ healthPort: health.port }, 'ready');
  process.send?.({ type: 'ready', healthPort: health.port });
}

async function start<Config extends ServiceConfig>(
  { name, http }: ServiceParts<Config>,
  module: DynamicModule,
  config: Config,
  { transport, logger }: { transport: Transport | undefined; logger: NestLogger },
): Promise<INestApplication | INestMicroservice> {
  if (!http) return startMicroservice(name, module, transport, logger);
  const app = await http(module, config, logger);
  if (transport) {
    app.connectMicroservice({ strategy: transport });
    await app.startAllMicroservices();
  }
  return app;
}

async function startMicroservice(name: string, module: DynamicModule, strategy: Transport | undefined, logger: NestLogger): Promise<INestMicroservice> {
  if (!strategy) throw new Error(`${name} has neither HTTP nor a transport`);
  const app = await NestFactory.createMicroservice(module, { strategy, logger });
  await app.listen();
  return app;
}

function readConfig<Config>(read: () => Config): Config {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(78); // EX_CONFIG of sysexits.h
  }
}

/** A forgotten promise is a fault to log and mend, not a reason to drop everybody's calls. */
function surviveStrayRejections(logger: Logger): void {
  process.on('unhandledRejection', (error) => logger.error({ err: error }, 'unhandled rejection'));
}

function stopInOrder(logger: Logger, readiness: Readiness, close: () => Promise<unknown>): void {
  let stopping = false;
  const stop = (why: string): void => {
    if (stopping) return;
    stopping = true;
    readiness.stop();
    logger.info({ why }, 'stopping');
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'did not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', () => stop('SIGTERM'));
  process.once('SIGINT', () => stop('SIGINT'));
  // The launcher holds the other end: when it is gone, by whatever signal, so are we.
  process.once('disconnect', () => stop('the parent is gone'));
}
