import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Form } from '../tokens/form.js';

/** Whoever asks, and the answer that is in the making. */
export interface Visitor {
  request: FastifyRequest;
  reply: FastifyReply;
}

/** Of a controller's method whose return value Nest sends. */
export const VisitedBy = createParamDecorator((_data: unknown, context: ExecutionContext): Visitor => {
  const http = context.switchToHttp();
  return { request: http.getRequest(), reply: http.getResponse() };
});

/** The query as a form: read as strictly. */
export const queryOf = ({ request }: Visitor): Form => new Form(request.url.split('?').slice(1).join('?'));
