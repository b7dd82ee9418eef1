import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { interactionOver } from '../interactions/interactions.errors.js';
import { Form } from '../tokens/form.js';
import { responseModes } from '../oauth-storage/client-adapter.js';
import { unsupportedResponseMode } from '../tokens/tokens.errors.js';
import type { Visitor } from '../visitors/visitor.js';
import type { EngineRequest } from '../engine/engine.js';
import { routes } from '../engine/routes.js';
import type { Visit } from '../engine/visit.js';
import { Visits } from './visits.js';

/** What the engine may know of a request. */
const told = ['accept', 'accept-language', 'cookie', 'origin', 'dpop', 'user-agent'];
/** Ours to say. */
const notHandedOn = ['connection', 'content-length', 'date', 'keep-alive', 'transfer-encoding'];

/** Lets a person's browser through to the engine's own pages and redirects. */
@Injectable()
export class EngineDoor {
  constructor(private readonly visits: Visits) {}

  /** An authorization request, asked by a query or by a form. A form that posts itself (`form_post`) would need a script, and no page of ours runs one. */
  async authorize(visitor: Visitor, asked: Form): Promise<string> {
    const mode = asked.one('response_mode');
    if (mode !== undefined && !responseModes.includes(mode)) throw unsupportedResponseMode();
    const request: EngineRequest = { method: 'GET', url: `${routes.authorization}?${asked.text}`, headers: knownOf(visitor.request) };
    return (await this.ask(visitor, request)).body;
  }

  /** The answer is the visitor's but for its body, which is left to the caller. @param url path and query @throws `interaction_over` */
  pass(visitor: Visitor, url = visitor.request.url): Promise<{ body: string; visit: Visit }> {
    return this.ask(visitor, { ...toEngine(visitor.request), url });
  }

  private async ask({ reply }: Visitor, request: EngineRequest): Promise<{ body: string; visit: Visit }> {
    const { status, headers, body, visit } = await this.visits.ask(request);
    if (visit.isOver) throw interactionOver();
    const kept = Object.entries(headers).filter(([name]) => !notHandedOn.includes(name));
    void reply.code(status).headers(Object.fromEntries(kept));
    return { body, visit };
  }
}

const knownOf = ({ headers }: FastifyRequest): Record<string, string> => Object.fromEntries(told.flatMap((name) => (typeof headers[name] === 'string' ? [[name, headers[name]]] : [])));

function toEngine(request: FastifyRequest): EngineRequest {
  const { method, url, body } = request;
  const headers = knownOf(request);
  if (method !== 'POST') return { method: 'GET', url, headers };
  return { method, url, headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' }, body: body instanceof Form ? body.text : '' };
}
