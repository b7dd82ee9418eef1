import { AppError, internal } from '@parley/dto';
import { MAX_BODY_BYTES } from '../http/body.js';
import { bodyTooLarge, JSON_TYPE, mediaTypeUnsupported, requestMalformed, routeNotFound, urlMalformed } from './http.errors.js';

interface HttpFailure {
  status?: unknown;
  statusCode?: unknown;
  code?: unknown;
}

/** One of our own failures, or what Fastify or Nest refused, in our words; anything else is a fault of ours. */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const { status, statusCode, code } = (error ?? {}) as HttpFailure;
  if (code === 'FST_ERR_BAD_URL' || error instanceof URIError) return urlMalformed();
  if (code === 'ECONNRESET') return requestMalformed(); // the client went away in the middle of its body
  return ofStatus(statusCode ?? status);
}

function ofStatus(status: unknown): AppError {
  switch (status) {
    case 400:
      return requestMalformed();
    case 404:
      return routeNotFound();
    case 413:
      return bodyTooLarge(MAX_BODY_BYTES);
    case 415:
      return mediaTypeUnsupported(JSON_TYPE);
    default:
      return internal();
  }
}
