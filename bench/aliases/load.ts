import { createHmac } from 'node:crypto';
import { Agent, type OutgoingHttpHeaders, request } from 'node:http';
import { type Figures, figuresOf } from '../figures.js';

/** One request of a workload. */
export interface Shot {
  method?: string;
  path: string;
  headers?: OutgoingHttpHeaders;
  body?: string;
}

interface Load {
  clients: number;
  seconds: number;
  /** What counts as answered. */
  status: number;
}

/** Sends shots, one after the other from each client, for so long. */
export async function fire(baseUrl: string, next: () => Shot, { clients, seconds, status }: Load): Promise<Figures> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const latencies: number[] = [];
  let failed = 0;
  const started = performance.now();
  const client = async (): Promise<void> => {
    while (performance.now() - started < seconds * 1000) {
      const sent = performance.now();
      if ((await send(baseUrl, next(), agent)) === status) latencies.push(performance.now() - sent);
      else failed += 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  agent.destroy();
  return figuresOf(latencies, (performance.now() - started) / 1000, failed);
}

/** @returns the status */
export function send(baseUrl: string, { method = 'GET', path, headers = {}, body }: Shot, agent?: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const typed = body === undefined ? headers : { 'content-type': 'application/json', ...headers };
    request(new URL(path, baseUrl), { method, headers: typed, ...(agent ? { agent } : {}) }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
    })
      .once('error', reject)
      .end(body);
  });
}

/** An alias JWT of an hour. */
export function aliasJwt(alias: string, secret: string): string {
  const signed = [{ alg: 'HS256', typ: 'JWT' }, { alias, expires_in: Math.floor(Date.now() / 1000) + 3600 }].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}
