import { createHmac } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { type Figures, figuresOf } from './figures.js';
import type { Demo } from './stack.js';

const PEOPLE = 5;

/** A door to one session: its subscription's ref, and the five links into it. */
export function linksOf({ apiKey, apiKeySecret }: Demo, ref: string): string[] {
  const exp = Math.floor(Date.now() / 1000) + 3600;
  return Array.from({ length: PEOPLE }, (_, n) => {
    const who = n === 0 ? { rle: 'owner', email: `${ref}@example.com` } : { rle: 'guest' };
    const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ iss: apiKey, un: `Person ${n}`, ref, sid: `room-${ref}`, exp, ...who })}`;
    return `/v1/session/${signed}.${createHmac('sha256', apiKeySecret).update(signed).digest('base64url')}`;
  });
}

/** So many links of one person to one session. */
export function hotLinksOf({ apiKey, apiKeySecret }: Demo, ref: string, count: number): string[] {
  const exp = Math.floor(Date.now() / 1000) + 3600;
  return Array.from({ length: count }, (_, n) => {
    const claims = { iss: apiKey, un: `Device ${n}`, email: 'one@example.com', rle: 'guest', ref, sid: 'hot', exp };
    const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
    return `/v1/session/${signed}.${createHmac('sha256', apiKeySecret).update(signed).digest('base64url')}`;
  });
}

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/** Creates subscriptions, 16 at a time. */
export async function subscribe({ baseUrl, orgId, apiKey, apiKeySecret }: Demo, refs: string[]): Promise<void> {
  const basic = Buffer.from(`${apiKey}:${apiKeySecret}`).toString('base64');
  const granted = await fetch(`${baseUrl}/v1/auth/token`, { method: 'POST', headers: { authorization: `Basic ${basic}` }, body: new URLSearchParams({ grant_type: 'client_credentials' }) });
  const { access_token } = (await granted.json()) as { access_token: string };
  const headers = { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' };
  const left = [...refs];
  const worker = async (): Promise<void> => {
    for (let ref = left.pop(); ref !== undefined; ref = left.pop()) {
      const body = JSON.stringify({ ref, email: `${ref}@example.com`, name: ref });
      const { status } = await fetch(`${baseUrl}/v1/orgs/${orgId}/subscriptions`, { method: 'POST', headers, body });
      if (status !== 200) throw new Error(`creating subscription ${ref} answered ${status}`);
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}

/** Enters links from `paths`, each once, with so many clients at a time and for so long at most. */
export async function enter(baseUrl: string, paths: string[], { clients, seconds }: { clients: number; seconds: number }): Promise<Figures> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const latencies: number[] = [];
  let failed = 0;
  const started = performance.now();
  const client = async (): Promise<void> => {
    for (let path = paths.pop(); path !== undefined && performance.now() - started < seconds * 1000; path = paths.pop()) {
      const sent = performance.now();
      if ((await get(new URL(path, baseUrl), agent)) === 200) latencies.push(performance.now() - sent);
      else failed += 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  agent.destroy();
  if (paths.length === 0) throw new Error('ran out of links: prepare more subscriptions');
  return figuresOf(latencies, (performance.now() - started) / 1000, failed);
}

/** Enters links from `paths` at an even pace, however long each takes, as many people would who don't know of each other. */
export async function enterAt(baseUrl: string, paths: string[], { perSecond, seconds }: { perSecond: number; seconds: number }): Promise<Figures> {
  const agent = new Agent({ keepAlive: true });
  const latencies: number[] = [];
  let failed = 0;
  const visitor = async (path: string, due: number): Promise<void> => {
    if ((await get(new URL(path, baseUrl), agent)) === 200) latencies.push(performance.now() - due);
    else failed += 1;
  };
  const started = performance.now();
  const under: Promise<void>[] = [];
  for (let n = 0; n < perSecond * seconds; n += 1) {
    const due = started + (n * 1000) / perSecond;
    if (due > performance.now()) await pause(due - performance.now());
    under.push(visitor(paths.pop() ?? '', due));
  }
  await Promise.all(under);
  agent.destroy();
  return figuresOf(latencies, (performance.now() - started) / 1000, failed);
}

function get(url: URL, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url, { agent }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
    })
      .once('error', reject)
      .end();
  });
}
