import type { DynamicModule, INestApplication, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { LOGGER, type Logger, type NestLogger } from '@parley/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { begin, pinOrigin, refuseMethod } from './hooks.js';
import { Settings } from '../settings.module.js';
import { OAuthErrorFilter, sendFailure } from './oauth-error.filter.js';
import { readForm } from './read-form.js';

interface Listen {
  host: string;
  port: number;
  logger: NestLogger | false;
}

/** The OAuth endpoints on a port of their own, for the gateway. Bodies are forms and nothing else. */
export async function listenHttp(module: Type | DynamicModule, { host, port, logger }: Listen): Promise<INestApplication> {
  const adapter = new FastifyAdapter({ frameworkErrors: (error: Error, _request: FastifyRequest, reply: FastifyReply) => sendFailure(reply, error) });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, { logger, bodyParser: false, abortOnError: false });
  const server = adapter.getInstance();
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', readForm);
  server.addHook('onRequest', pinOrigin(app.get(Settings).issuer));
  server.addHook('onRequest', begin);
  server.addHook('onRequest', refuseMethod);
  app.useGlobalFilters(new OAuthErrorFilter(app.get<Logger>(LOGGER)));
  await app.listen(port, host);
  return app;
}
