import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from './metrics.js';

export interface HealthReport {
  ready: boolean;
  /** Name of each check, and why it fails (a sentence for an operator) or `ok`. */
  checks: Record<string, string>;
}

/** What this process needs in order to serve: its own database and core NATS, never JetStream. */
export class Readiness {
  private readonly checks = new Map<string, () => Promise<void>>();
  private stopping = false;

  /** @param check rejects with the reason while the thing is not usable */
  add(name: string, check: () => Promise<void>): void {
    this.checks.set(name, check);
  }

  /** From now on not ready: a load balancer sends nothing new. */
  stop(): void {
    this.stopping = true;
  }

  async report(): Promise<HealthReport> {
    const results = await Promise.all([...this.checks].map(async ([name, check]) => [name, await outcomeOf(check)] as const));
    const checks = Object.fromEntries(this.stopping ? [...results, ['process', 'is stopping']] : results);
    return { ready: Object.values(checks).every((outcome) => outcome === 'ok'), checks };
  }
}

const CHECK_TIMEOUT_MS = 1000;

async function outcomeOf(check: () => Promise<void>): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('did not answer within 1 s'), CHECK_TIMEOUT_MS);
  });
  const outcome = check().then(
    () => 'ok',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  return Promise.race([outcome, late]).finally(() => clearTimeout(timer));
}

export interface Inspected {
  readiness: Readiness;
  metrics: Metrics;
}

/**
 * `/health/live`, `/health/ready` and `/metrics` (Prometheus text, or JSON for who accepts only that) on a port of their own, there
 * from the first moment of the process.
 */
export async function serveHealth({ readiness, metrics }: Inspected, host: string, port: number): Promise<{ server: Server; port: number }> {
  const server = createServer((request, response) => {
    const send = (status: number, body: object) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (request.url === '/health/live') return void send(200, { live: true });
    if (request.url === '/metrics') return void sendMetrics(metrics, request, response);
    if (request.url !== '/health/ready') return void send(404, { code: 'route.not_found' });
    void readiness.report().then((report) => send(report.ready ? 200 : 503, report));
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

async function sendMetrics(metrics: Metrics, { headers }: IncomingMessage, response: ServerResponse): Promise<void> {
  const json = headers.accept === 'application/json';
  const body = json ? JSON.stringify(await metrics.getMetricsAsJSON()) : await metrics.metrics();
  response.writeHead(200, { 'content-type': json ? 'application/json' : metrics.contentType }).end(body);
}
