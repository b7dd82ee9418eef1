import { randomUUID } from 'node:crypto';
import { type Figures, median, row } from '../figures.js';
import { startStack } from '../stack.js';
import { crowding, fill, run } from './fill.js';
import { aliasJwt, fire, send, type Shot } from './load.js';
import { pgbench } from './pgbench.js';
import { secondGateway } from './second-gateway.js';

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 4);
const CLIENTS = Number(process.env['BENCH_CLIENTS'] ?? 16);
const ALIASES = Number(process.env['BENCH_ALIASES'] ?? 200_000);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const stack = await startStack();
const { demo, databaseUrl } = stack;
try {
  await crowding();
  const authorization = `Bearer ${await accessToken()}`;
  say(`preparing ${ALIASES} aliases`);
  await fill(databaseUrl, { orgId: demo.orgId, count: ALIASES });
  const open = await create({});
  const locked = await create({ passcode: 'right', jwt_secret: 'secret' });
  const middle = await cursorAt(ALIASES / 2);
  const find = (id: string): string => `select uid, id, org_id, client_id, sid, type, name, sealed, expires, created, sequence, parley_now() from alias where id = '${id}';\n`;
  const shown = `select admitted, free_at from passcode_shown((select uid from alias where id = '${locked}'), true, 10, interval '15 minutes');\n`;
  const page = (from: number): string => `select * from alias where org_id = '${demo.orgId}' and position > ${from} order by position limit 51;\n`;
  const opentok = await post<{ id: string }>('/session', {});
  const list = (after: string): Shot => ({ path: `/organization/api/v1/aliases${after}`, headers: { authorization } });
  await compare('alias, public', () => ({ path: `/api/v1/alias/${open}` }), find(open));
  await compare('alias, passcode', () => ({ path: `/api/v1/alias/${locked}?passcode=right` }), find(locked) + shown);
  await compare('alias, JWT', () => ({ path: `/api/v1/alias/${locked}`, headers: { authorization: aliasJwt(locked, 'secret') } }), find(locked));
  await compare('list, first page', () => list(''), page(0));
  await compare('list, half way', () => list(`?after=${middle.cursor}`), page(middle.position));
  await compare('OpenTok token', () => ({ method: 'POST', path: `/session/${opentok.id}/access`, headers: { authorization }, body: '{}' }), undefined, 201);
  await attack();

  async function compare(name: string, shot: () => Shot, script: string | undefined, status = 200): Promise<void> {
    await fire(demo.baseUrl, shot, { clients: CLIENTS, seconds: 1, status });
    const ratios: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const ours = await fire(demo.baseUrl, shot, { clients: CLIENTS, seconds: SECONDS, status });
      say(row(name, ours));
      if (script !== undefined) ratios.push(beside(name, ours, pgbench(databaseUrl, script, { clients: CLIENTS, seconds: SECONDS })));
    }
    if (ratios.length > 0) say(`${name}: ratio median ${median(ratios).toFixed(3)}`);
  }

  /** Whoever guesses gets ten answers, however many ask at once and wherever. */
  async function attack(): Promise<void> {
    const id = await create({ passcode: 'right' });
    const second = await secondGateway(stack);
    const urls = [demo.baseUrl, second.baseUrl];
    const guess = (_: unknown, n: number): Promise<number> => send(urls[n % 2] ?? '', { path: `/api/v1/alias/${id}?passcode=${n}` });
    const statuses = await Promise.all(Array.from({ length: 1000 }, guess)).finally(() => second.stop());
    const of = (status: number): number => statuses.filter((each) => each === status).length;
    say(`1000 guesses at once through two gateways: ${of(400)} answered as wrong, ${of(429)} not taken, ${statuses.length - of(400) - of(429)} otherwise`);
  }

  async function create(more: object): Promise<string> {
    return (await post<{ data: { id: string } }>('/organization/api/v1/alias/create', { type: 'live', expired_at: Math.floor(Date.now() / 1000) + 86_400, ...more })).data.id;
  }

  async function post<Body>(path: string, body: object): Promise<Body> {
    const response = await fetch(demo.baseUrl + path, { method: 'POST', headers: { authorization, 'content-type': 'application/json' }, body: JSON.stringify(body) });
    return (await response.json()) as Body;
  }
} finally {
  await stack.stop();
}

function beside(name: string, ours: Figures, limit: Figures): number {
  say(row(`  pgbench of ${name}`, limit));
  return ours.perSecond / limit.perSecond;
}

async function accessToken(): Promise<string> {
  const basic = Buffer.from(`${demo.apiKey}:${demo.apiKeySecret}`).toString('base64');
  const response = await fetch(`${demo.baseUrl}/v1/auth/token`, { method: 'POST', headers: { authorization: `Basic ${basic}`, 'x-request-id': randomUUID() }, body: new URLSearchParams({ grant_type: 'client_credentials' }) });
  return ((await response.json()) as { access_token: string }).access_token;
}

/** A place in the middle of the list, as `after` has it. */
async function cursorAt(nth: number): Promise<{ position: number; cursor: string }> {
  const [found] = await run<{ position: string }>(databaseUrl, 'select position from session.alias where org_id = $1 order by position offset $2 limit 1', [demo.orgId, Math.floor(nth / 2)]);
  const position = Number(found?.position ?? 0);
  return { position, cursor: Buffer.from(JSON.stringify({ after: position })).toString('base64url') };
}
