import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { Es256Signer } from '@parley/jwt';
import { Sealer } from '@parley/persistence';
import type { JWK } from 'jose';
import { type Figures, figuresOf } from './figures.js';
import { sql } from './sql.js';
import type { Demo } from './stack.js';

export interface Load {
  clients: number;
  seconds: number;
}
export type UserToken = string;

interface Answer {
  status: number;
  location: string | undefined;
}

/** So many users, and a token for each as the OAuth flow gives it. */
export async function prepareUsers({ demo, databaseUrl, kek }: { demo: Demo; databaseUrl: string; kek: string }, count: number): Promise<UserToken[]> {
  const [key] = await sql<{ kid: string; sealed: string }>(databaseUrl, `select kid, sealed from auth.signing_key where state = 'active'`);
  const jwk = JSON.parse(Sealer.fromFile(kek).open(key!.sealed, { table: 'signing_key', row: key!.kid, org: '' })) as JWK & { kid: string };
  const signer = await Es256Signer.of(jwk, 'at+jwt');
  const iat = Math.floor(Date.now() / 1000);
  const tokens: UserToken[] = [];
  for (let n = 0; n < count; n += 1) {
    const body = JSON.stringify({ username: `bench ${n}`, password: 'a password' });
    const made = await fetch(`${demo.baseUrl}/admin/v1/orgs/${demo.orgId}/users`, { method: 'POST', headers: { authorization: `Bearer ${demo.adminToken}`, 'content-type': 'application/json' }, body });
    const { userId } = (await made.json()) as { userId: string };
    tokens.push(await signer.sign({ iss: demo.baseUrl, aud: 'urn:parley:api', sub: userId, client_id: demo.callApp.clientId, org_id: demo.orgId, scope: 'call', jti: randomUUID(), iat, exp: iat + 7200 }));
  }
  return tokens;
}

/** Each client places and stops calls of a user of its own. */
export const pairs = (baseUrl: string, users: UserToken[], load: Load): Promise<Figures> =>
  repeat(load, async (client, agent) => {
    const placed = await ask(agent, { method: 'POST', url: new URL('/rest/call?number=1', baseUrl), token: users[client]! });
    if (placed.status !== 201) return false;
    const query = new URL(placed.location ?? '').search;
    return (await ask(agent, { method: 'PUT', url: new URL(`/rest/call${query}`, baseUrl), token: users[client]! })).status === 200;
  });

export async function reads(baseUrl: string, users: UserToken[], load: Load): Promise<Figures> {
  const agent = new Agent();
  const placed = await Promise.all(users.slice(0, load.clients).map((token) => ask(agent, { method: 'POST', url: new URL('/rest/call?number=1', baseUrl), token })));
  const urlOf = (client: number): URL => new URL(`/rest/call${new URL(placed[client]!.location ?? '').search}`, baseUrl);
  const figures = await repeat(load, async (client, keepAlive) => (await ask(keepAlive, { method: 'GET', url: urlOf(client), token: users[client]! })).status === 200);
  await Promise.all(placed.map((_, client) => ask(agent, { method: 'PUT', url: urlOf(client), token: users[client]! })));
  agent.destroy();
  return figures;
}

/** Each list a hundred times, one after the other. */
export async function listLatencies({ baseUrl, adminToken }: Demo, queries: string[]): Promise<[string, Figures][]> {
  const found: [string, Figures][] = [];
  const agent = new Agent({ keepAlive: true });
  for (const query of queries) {
    const latencies: number[] = [];
    for (let n = 0; n < 100; n += 1) {
      const sent = performance.now();
      const { status } = await ask(agent, { method: 'GET', url: new URL(`/admin/v1/calls?${query}`, baseUrl), token: adminToken });
      if (status !== 200) throw new Error(`${query} answered ${status}`);
      latencies.push(performance.now() - sent);
    }
    found.push([query, figuresOf(latencies, latencies.reduce((sum, each) => sum + each, 0) / 1000, 0)]);
  }
  agent.destroy();
  return found;
}

export async function exportAll({ baseUrl, adminToken }: Demo, format: 'csv' | 'ndjson'): Promise<{ records: number; seconds: number; megabytes: number }> {
  const began = performance.now();
  const response = await fetch(`${baseUrl}/admin/v1/calls?format=${format}`, { headers: { authorization: `Bearer ${adminToken}` } });
  let [lines, bytes] = [format === 'csv' ? -1 : 0, 0];
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    for (const byte of chunk) if (byte === 10) lines += 1;
  }
  return { records: lines, seconds: (performance.now() - began) / 1000, megabytes: bytes / 1e6 };
}

async function repeat({ clients, seconds }: Load, work: (client: number, agent: Agent) => Promise<boolean>): Promise<Figures> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const latencies: number[] = [];
  let failed = 0;
  const started = performance.now();
  const client = async (_: unknown, n: number): Promise<void> => {
    while (performance.now() - started < seconds * 1000) {
      const sent = performance.now();
      if (await work(n, agent)) latencies.push(performance.now() - sent);
      else failed += 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  agent.destroy();
  return figuresOf(latencies, (performance.now() - started) / 1000, failed);
}

function ask(agent: Agent, { method, url, token }: { method: string; url: URL; token: string }): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request(url, { agent, method, headers: { authorization: `Bearer ${token}` } }, (response) => {
      response.resume().once('end', () => resolve({ status: response.statusCode ?? 0, location: response.headers.location }));
    })
      .once('error', reject)
      .end();
  });
}
