import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { invalidInput } from '@parley/dto';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { bodyMalformed } from '../errors/http.errors.js';
import { InShape } from './in-shape.pipe.js';
import { readJson } from './json-body.js';

/** What a form says otherwise than JSON: everything is text in it. */
export type FromForm = (fields: Record<string, string>) => unknown;

const FORM_TYPE = 'application/x-www-form-urlencoded';
const utf8 = new TextDecoder('utf-8', { fatal: true });

const Parsed = createParamDecorator((fromForm: FromForm, context: ExecutionContext) => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return isForm(request) ? fromForm(readForm(request)) : readJson(request, FORM_TYPE);
});

/** The body of the request: JSON or a form, in the shape of the schema. No body is one that says nothing. */
export const FormOrJsonBody = (schema: z.ZodType, fromForm: FromForm = (fields) => fields): ParameterDecorator => Parsed(fromForm, new InShape(schema));

const isForm = ({ headers }: FastifyRequest): boolean => /^application\/x-www-form-urlencoded *(;|$)/i.test(headers['content-type'] ?? '');

function readForm({ body }: FastifyRequest): Record<string, string> {
  const pairs = [...new URLSearchParams(textOf(body))];
  const fields = new Map(pairs);
  if (fields.size < pairs.length) throw invalidInput([{ path: '', message: 'each field must be given once' }]);
  return Object.fromEntries(fields);
}

function textOf(body: unknown): string {
  try {
    return body instanceof Buffer ? utf8.decode(body) : '';
  } catch {
    throw bodyMalformed();
  }
}
