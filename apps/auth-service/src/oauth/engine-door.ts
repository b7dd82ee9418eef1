import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Form } from '../tokens/form.js';
import { responseModes } from '../oauth-storage/client-adapter.js';
import { unsupportedResponseMode } from '../tokens/tokens.errors.js';
import { queryOf, type Visitor } from '../visitors/visitor.js';
import type { EngineRequest } from './engine.js';
import type { Visit } from './visit.js';
import { Visits } from './visits.js';

/** What the engine may know of a request. */
const told = ['accept', 'accept-language', 'cookie', 'origin', 'dpop', 'user-agent'];
/** Ours to say. */
const notHandedOn = ['connection', 'content-length', 'date', 'keep-alive', 'transfer-encoding'];

/** Lets a person's browser through to the engine's own pages and redirects. */
@Injectable()
export class EngineDoor {
  constructor(private readonly visits: Visits) {}

  /** An authorization request. A form that posts itself (`form_post`) would need a script, and no page of ours runs one. */
  async authorize(visitor: Visitor): Promise<string> {
    const { body } = visitor.request;
    const mode = (body instanceof Form ? body : queryOf(visitor)).one('response_mode');
    if (mode !== undefined && !responseModes.includes(mode)) throw unsupportedResponseMode();
    return (await this.pass(visitor)).body;
  }

  /** The answer is the visitor's but for its body, which is left to the caller. @param url path and query */
  async pass({ request, reply }: Visitor, url = request.url): Promise<{ body: string; visit: Visit }> {
    const { status, headers, body, visit } = await this.visits.ask({ ...toEngine(request), url });
    const kept = Object.entries(headers).filter(([name]) => !notHandedOn.includes(name));
    void reply.code(status).headers(Object.fromEntries(kept));
    return { body, visit };
  }
}

function toEngine({ method, url, headers, body }: FastifyRequest): EngineRequest {
  const known = Object.fromEntries(told.flatMap((name) => (typeof headers[name] === 'string' ? [[name, headers[name]]] : [])));
  if (method !== 'POST') return { method: 'GET', url, headers: known };
  return { method, url, headers: { ...known, 'content-type': 'application/x-www-form-urlencoded' }, body: body instanceof Form ? body.text : '' };
}
