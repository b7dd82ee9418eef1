import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { bodyMalformed, JSON_TYPE, mediaTypeUnsupported } from '../errors/http.errors.js';
import { InShape } from './in-shape.pipe.js';

const utf8 = new TextDecoder('utf-8', { fatal: true });

const Parsed = createParamDecorator((_: unknown, context: ExecutionContext) => readJson(context.switchToHttp().getRequest<FastifyRequest>()));

/** The body of the request: JSON in the shape of the schema. 415 for another type, 400 for anything else that is wrong with it. */
export const JsonBody = (schema: z.ZodType): ParameterDecorator => Parsed(new InShape(schema));

/** Undefined: there is none. @param others the types that the route takes beside JSON */
export function readJson({ headers, body }: FastifyRequest, ...others: readonly string[]): unknown {
  if (!(body instanceof Buffer) || body.length === 0) return undefined;
  if (!isJson(headers)) throw mediaTypeUnsupported(JSON_TYPE, ...others);
  try {
    return JSON.parse(utf8.decode(body));
  } catch {
    throw bodyMalformed();
  }
}

/** RFC 9110, 15.5.16: an encoding that is not undone here is another type, too. */
const isJson = (headers: FastifyRequest['headers']): boolean =>
  /^application\/json *(;|$)/i.test(headers['content-type'] ?? '') && ['', 'identity'].includes(headers['content-encoding'] ?? '');
