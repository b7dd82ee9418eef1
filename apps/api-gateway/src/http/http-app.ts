import type { DynamicModule, LoggerService, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { fixedLines, LOGGER, type Logger } from '@parley/platform';
import type { FastifyInstance } from 'fastify';
import type { GatewayConfig } from '../config.js';
import { ErrorFilter } from '../errors/error.filter.js';
import { IdempotencyInterceptor } from '../idempotency/idempotency.interceptor.js';
import { proxyAuth } from '../proxy/auth-proxy.js';
import { readBodies } from './body.js';
import { tameNodeServer } from './node-server.js';
import { carryContext } from './request-context.js';
import { logRequest, logRequests } from './request-log.js';
import { answerUnrouted } from './route-table.js';
import { serverOptions } from './server-options.js';

/** The HTTP side of the gateway, listening. */
export async function listenHttp(module: Type | DynamicModule, config: GatewayConfig, nestLogger: LoggerService): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter(
    serverOptions({ trustProxy: config.PARLEY_TRUST_PROXY, onRefused: (request, reply) => logRequest(logger, request, reply) }),
  );
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, { logger: nestLogger, bodyParser: false, abortOnError: false });
  const logger = app.get<Logger>(LOGGER);
  const server: FastifyInstance = adapter.getInstance();
  carryContext(server);
  logRequests(server, fixedLines(logger));
  tameNodeServer(server);
  answerUnrouted(server);
  readBodies(server);
  app.useGlobalFilters(new ErrorFilter(logger));
  app.useGlobalInterceptors(new IdempotencyInterceptor());
  await proxyAuth(server, config, logger);
  await app.listen(config.PORT, config.HOST);
  return app;
}
