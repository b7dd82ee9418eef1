import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { contextOf } from '../http/request-context.js';

/** RFC 9110, 7.6.1: they are of one connection. `expect` has been met by Node. */
const hopByHop = ['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'expect'];

/** Ours alone to say: auth-service believes them. */
const forwarding = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-port', 'x-forwarded-prefix', 'x-forwarded-proto', 'x-forwarded-server', 'x-real-ip'];

/** A body that goes with these methods is not handed on. */
const bodyless = ['content-length', 'content-type'];

/** The headers that auth-service gets: the client's, and who it is and where it knocked as the gateway knows it. */
export function toAuth(request: FastifyRequest, headers: IncomingHttpHeaders, publicUrl: URL): IncomingHttpHeaders {
  const ofMethod = ['GET', 'HEAD'].includes(request.method) ? bodyless : [];
  return {
    ...without(headers, [...hopByHop, ...forwarding, ...ofMethod]),
    'x-request-id': contextOf(request.raw).requestId,
    'x-forwarded-for': request.ip,
    'x-forwarded-host': publicUrl.host,
    'x-forwarded-proto': publicUrl.protocol.slice(0, -1),
  };
}

/** The headers that the client gets. */
export const fromAuth = (headers: IncomingHttpHeaders): IncomingHttpHeaders => without(headers, [...hopByHop, 'x-request-id']);

const without = (headers: IncomingHttpHeaders, names: readonly string[]): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
