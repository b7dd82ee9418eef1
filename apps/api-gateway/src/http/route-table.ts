import type { FastifyInstance } from 'fastify';
import { methodNotAllowed, routeNotFound } from '../errors/http.errors.js';
import { pathOf } from './path.js';

/** Which methods each address takes. Fastify tells an unknown method from an unknown address to nobody. */
export class RouteTable {
  private readonly methods = new Map<string, { matches: RegExp; methods: Set<string> }>();

  add(pattern: string, methods: readonly string[]): void {
    const known = this.methods.get(pattern) ?? { matches: toRegExp(pattern), methods: new Set() };
    methods.forEach((method) => known.methods.add(method));
    this.methods.set(pattern, known);
  }

  /** Empty: there is no such address. */
  allowedAt(path: string): string[] {
    const found = [...this.methods.values()].filter(({ matches }) => matches.test(path)).flatMap(({ methods }) => [...methods]);
    return found.length === 0 ? [] : [...new Set([...found, 'OPTIONS'])].sort();
  }
}

/** 404 for an unknown address; for a known one 405, or on OPTIONS what it takes. Register before the first route. */
export function answerUnrouted(server: FastifyInstance): void {
  const table = new RouteTable();
  server.addHook('onRoute', ({ url, method }) => table.add(url, [method].flat()));
  server.addHook('onRequest', (request, reply, done) => {
    if (!request.is404) return done();
    const allow = table.allowedAt(pathOf(request.raw.url));
    if (allow.length === 0) return done(routeNotFound());
    if (request.method !== 'OPTIONS') return done(methodNotAllowed(allow));
    void reply.header('allow', allow.join(', ')).send({ content: { methods: allow } });
  });
}

const toRegExp = (pattern: string): RegExp =>
  new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/:\w+/g, '[^/]+').replace('*', '.*')}$`);
