import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { checkout, eventually, notYet, runSql, sharedSystem, type SharedSystem } from '@parley/testing';

let system: SharedSystem;
let subscriber: ChildProcess | undefined;
let printed = '';
/** Names of nobody else's: the subscriber hears of every entry into the system. */
const [ann, bob, cem] = ['Ann', 'Bob', 'Cem'].map((name) => `${name} ${randomUUID()}`) as [string, string, string];

beforeAll(async () => {
  system = await sharedSystem('Listened to');
  await runSql(system.adminDatabaseUrl, 'create schema presence');
}, 120_000);
afterAll(() => void subscriber?.kill('SIGKILL'));

function startSubscriber(): ChildProcess {
  const env = { ...process.env, DATABASE_URL: system.adminDatabaseUrl, NATS_URL: system.presenceNatsUrl };
  const child = spawn(process.execPath, [join(checkout, 'dist/examples/subscriber/main.js')], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.on('data', (text: Buffer) => (printed += text.toString()));
  return child;
}

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

function link(name: string): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: system.apiKey, un: name, ref: 'dr-grey', sid: 'ward-7', rle: 'guest', iat: now, exp: now + 600 };
  const signed = `${base64url({ alg: 'HS256', typ: 'JWT' })}.${base64url(claims)}`;
  return `${signed}.${createHmac('sha256', system.apiKeySecret).update(signed).digest('base64url')}`;
}

async function ask(method: string, path: string, headers: Record<string, string>, body?: string): Promise<Record<string, unknown>> {
  const response = await fetch(`${system.baseUrl}${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
  const answer = (await response.json()) as Record<string, unknown>;
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

async function subscribeDrGrey(): Promise<void> {
  const basic = Buffer.from(`${system.apiKey}:${system.apiKeySecret}`).toString('base64');
  const form = { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' };
  const token = await ask('POST', '/v1/auth/token', form, 'grant_type=client_credentials');
  const json = { authorization: `Bearer ${String(token['access_token'])}`, 'content-type': 'application/json' };
  await ask('POST', `/v1/orgs/${system.orgId}/subscriptions`, json, JSON.stringify({ ref: 'dr-grey', name: 'Dr Grey', email: 'grey@example.org' }));
}

const enter = (name: string) => ask('GET', `/v1/session/${link(name)}`, { accept: 'application/json' });
const told = (words: string) => eventually(() => (printed.includes(words) ? undefined : notYet(`printed so far: ${printed}`)), { timeoutMs: 40_000 });

test('a service that nobody at Parley knows hears of every entry, those before it began and those while it was away included', async () => {
  await subscribeDrGrey();
  await enter(ann);
  subscriber = startSubscriber();
  await told(`${ann} is in`);
  await enter(bob);
  await told(`${bob} is in`);

  subscriber.kill('SIGKILL');
  await enter(cem);
  subscriber = startSubscriber();
  await told(`${cem} is in`);

  for (const name of [ann, bob, cem]) expect([name, printed.split(`${name} is in`).length - 1]).toEqual([name, 1]);
});
