import httpProxy, { type FastifyHttpProxyOptions } from '@fastify/http-proxy';
import { unavailable } from '@parley/dto';
import type { Logger } from '@parley/platform';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { GatewayConfig } from '../config.js';
import { asAppError } from '../errors/as-app-error.js';
import { sendError } from '../errors/send-error.js';
import { contextOf } from '../http/request-context.js';
import { fromAuth, toAuth } from './forwarded-headers.js';
import { proxiedPrefixes } from './oauth.dialect.js';

const CONNECT_TIMEOUT_MS = 1000;
const ANSWER_TIMEOUT_MS = 10_000;

/** Hands sign-in, token and key requests to auth-service, bodies unread. It needs no NATS: people sign in while that is away. */
export async function proxyAuth(server: FastifyInstance, config: GatewayConfig, logger: Logger): Promise<void> {
  await server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.setErrorHandler((error, request, reply) => sendError(asAppError(error), request, reply));
    for (const prefix of proxiedPrefixes) await scope.register(httpProxy, proxyOptions(prefix, config, logger));
  });
}

function proxyOptions(prefix: string, { AUTH_URL, PARLEY_PUBLIC_URL }: GatewayConfig, logger: Logger): FastifyHttpProxyOptions {
  const publicUrl = new URL(PARLEY_PUBLIC_URL);
  return {
    upstream: AUTH_URL,
    prefix,
    rewritePrefix: prefix,
    undici: { connect: { timeout: CONNECT_TIMEOUT_MS }, headersTimeout: ANSWER_TIMEOUT_MS, bodyTimeout: ANSWER_TIMEOUT_MS },
    destroyAgent: true,
    replyOptions: {
      rewriteRequestHeaders: (request, headers) => toAuth(request as FastifyRequest, headers, publicUrl),
      rewriteHeaders: fromAuth,
      retryDelay: () => null, // a 503 is the client's to repeat, and to wait for
      onError: (reply, { error }) => {
        const request = reply.request as FastifyRequest;
        logger.warn({ requestId: contextOf(request.raw).requestId, reason: error.message }, 'auth-service did not answer');
        sendError(unavailable('The auth service'), request, reply as FastifyReply);
      },
    },
  };
}
