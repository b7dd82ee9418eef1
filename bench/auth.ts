import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { median, row } from './figures.js';
import { fire, load, type LoadFigures, type Shot } from './load.js';
import { type BenchStack, startStack } from './stack.js';

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 4);
const CLIENTS = Number(process.env['BENCH_CLIENTS'] ?? 8);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

interface Pair {
  name: string;
  ours: Shot;
  limit: Shot;
}

const accessTokenIn = (text: string): string => (JSON.parse(text) as { access_token: string }).access_token;

async function startBare({ databaseUrl, demo }: BenchStack): Promise<{ child: ChildProcess; url: string; pid: number }> {
  const env = { ...process.env, DATABASE_URL: databaseUrl, CLIENT_ID: demo.apiKey, CLIENT_SECRET: demo.apiKeySecret };
  const child = spawn(process.execPath, [join(import.meta.dirname, 'auth.bare.js')], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [address] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, url: address.toString().trim(), pid: child.pid ?? 0 };
}

/** Each of ours with the least that could answer the same. */
async function pairsOf({ demo, processes }: BenchStack, bare: { url: string; pid: number }): Promise<Pair[]> {
  const process = (name: string) => processes.find((each) => each.name === name) ?? { pid: 0, port: 0 };
  const [auth, gateway] = [process('auth-service'), process('api-gateway')];
  const basic = { authorization: `Basic ${Buffer.from(`${demo.apiKey}:${demo.apiKeySecret}`).toString('base64')}`, 'content-type': 'application/x-www-form-urlencoded' };
  const post = (url: string, body: string, pid: number): Shot => ({ url, options: { method: 'POST', headers: { ...basic, 'content-length': Buffer.byteLength(body) } }, body, wanted: 200, pid });
  const grant = 'grant_type=client_credentials';
  const direct = `http://127.0.0.1:${auth.port}`;
  const bareToken = post(`${bare.url}/token`, grant, bare.pid);
  const [token, limitToken] = [accessTokenIn((await fire(post(`${direct}/oauth/token`, grant, auth.pid))).text), accessTokenIn((await fire(bareToken)).text)];
  const get = (path: string, wanted: number): Shot => ({ url: `${demo.baseUrl}${path}`, options: { headers: { authorization: `Bearer ${token}` } }, wanted, pid: gateway.pid });
  const nothing: Shot = { url: `${bare.url}/nothing`, options: { headers: { authorization: `Bearer ${token}` } }, wanted: 200, pid: bare.pid };
  return [
    { name: 'token', ours: post(`${direct}/oauth/token`, grant, auth.pid), limit: bareToken },
    { name: 'token and refresh token', ours: post(`${direct}/v1/auth/token`, grant, auth.pid), limit: bareToken },
    { name: 'introspection', ours: post(`${direct}/oauth/introspect`, `token=${token}`, auth.pid), limit: post(`${bare.url}/introspect`, `token=${limitToken}`, bare.pid) },
    { name: 'verified GET, answered by the gateway', ours: get('/v1/orgs/another/calls', 403), limit: nothing },
    { name: 'verified GET, answered by a service', ours: get('/v1', 200), limit: nothing },
  ];
}

async function measure({ name, ours, limit }: Pair): Promise<void> {
  const ratios: { wall: number; cpu: number }[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const seconds = round === 0 ? 3 : SECONDS; // the first one warms up
    const [mine, least] = [await load(ours, { clients: CLIENTS, seconds }), await load(limit, { clients: CLIENTS, seconds })];
    if (round === 0) continue;
    tell(name, mine);
    tell('  bare', least);
    ratios.push({ wall: mine.perSecond / least.perSecond, cpu: mine.cpuMicroseconds / least.cpuMicroseconds });
  }
  say(`${name}: median ${median(ratios.map(({ wall }) => wall)).toFixed(2)} of the bare handler, ${median(ratios.map(({ cpu }) => cpu)).toFixed(1)} times its CPU\n`);
}

const tell = (name: string, figures: LoadFigures): void => say(`${row(name.padEnd(38), figures)}   ${figures.cpuMicroseconds.toFixed(0).padStart(6)} µs CPU`);

const stack = await startStack();
const bare = await startBare(stack);
try {
  for (const pair of await pairsOf(stack, bare)) await measure(pair);
} finally {
  bare.child.kill('SIGTERM');
  await stack.stop();
}
