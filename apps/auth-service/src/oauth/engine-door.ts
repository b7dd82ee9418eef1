import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Form } from '../tokens/form.js';
import type { EngineRequest } from './engine.js';
import { Visits } from './visits.js';

/** What the engine may know of a request. */
const told = ['accept', 'accept-language', 'cookie', 'origin', 'dpop', 'user-agent'];
/** Ours to say. */
const notHandedOn = ['connection', 'content-length', 'date', 'keep-alive', 'transfer-encoding'];

/** Lets a person's browser through to the engine's own pages and redirects. */
@Injectable()
export class EngineDoor {
  constructor(private readonly visits: Visits) {}

  async pass(request: FastifyRequest, reply: FastifyReply): Promise<string> {
    const { status, headers, body } = await this.visits.ask(toEngine(request));
    const kept = Object.entries(headers).filter(([name]) => !notHandedOn.includes(name));
    void reply.code(status).headers(Object.fromEntries(kept));
    return body;
  }
}

function toEngine({ method, url, headers, body }: FastifyRequest): EngineRequest {
  const known = Object.fromEntries(told.flatMap((name) => (typeof headers[name] === 'string' ? [[name, headers[name]]] : [])));
  if (method !== 'POST') return { method: 'GET', url, headers: known };
  return { method, url, headers: { ...known, 'content-type': 'application/x-www-form-urlencoded' }, body: body instanceof Form ? body.text : '' };
}
