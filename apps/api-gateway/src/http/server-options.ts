import type { Server } from 'node:http';
import type { FastifyHttpOptions, FastifyReply, FastifyRequest } from 'fastify';
import { asAppError } from '../errors/as-app-error.js';
import { answerClientError } from '../errors/client-error.js';
import { sendError } from '../errors/send-error.js';

/** A request must be whole after this long. Milliseconds. */
const REQUEST_TIMEOUT_MS = 30_000;

/** More than Node's 16 KiB for an address with all headers: routes judge the length of their own parameters. */
const MAX_PARAM_LENGTH = 16 * 1024;

interface Options {
  trustProxy: FastifyHttpOptions<Server>['trustProxy'];
  /** Requests that never reach a hook are logged from here. */
  onRefused: (request: FastifyRequest, reply: FastifyReply) => void;
}

export const serverOptions = ({ trustProxy, onRefused }: Options): FastifyHttpOptions<Server> => ({
  trustProxy,
  requestTimeout: REQUEST_TIMEOUT_MS,
  return503OnClosing: false, // a request that got through while we stop is served like any other
  rewriteUrl: ({ url = '/' }) => url.replace(/^\/v1\/(?=$|\?)/, '/v1'), // Nest takes a route with a slash at its end for the one without
  routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
  http: { requireHostHeader: false }, // refused by us, with a body
  clientErrorHandler: answerClientError,
  frameworkErrors: (error, request, reply) => {
    sendError(asAppError(error), request, reply);
    onRefused(request, reply);
  },
});
