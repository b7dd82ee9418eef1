import type { AddressInfo } from 'node:net';
import { Global, Module } from '@nestjs/common';
import { unavailable } from '@parley/dto';
import { AccessTokenVerifier, type Actor, tokenInvalid } from '@parley/jwt';
import { createLogger, LOGGER, METRICS, NestLogger, processMetrics, Readiness } from '@parley/platform';
import { RpcClient } from '@parley/rpc';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { AppModule } from '../app.module.js';
import { ClickToCallModule } from '../click-to-call/click-to-call.module.js';
import { readConfig } from '../config.js';
import { listenHttp } from '../http/http-app.js';
import { PublicUrl } from '../http/public-url.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { FakeServices } from './fake-services.js';

export const ORG = 'org-1';
export const CLIENT = 'key-1';

const actor: Actor = { kind: 'access', orgId: ORG, clientId: CLIENT, subject: CLIENT, scopes: ['coviu-enterprise-api'] };

/** Access tokens that the gateway under test knows: by their last part, so that one can look like a JWT. */
const tokens: Readonly<Record<string, () => Actor>> = {
  good: () => actor,
  foreign: () => ({ ...actor, orgId: 'org-2' }),
  admin: () => ({ ...actor, scopes: ['admin'] }),
  narrow: () => ({ ...actor, scopes: ['call'] }),
  user: () => ({ ...actor, subject: 'user-1', scopes: ['call'] }),
  unasked: () => ({ ...actor, subject: 'user-1', scopes: ['admin'] }),
  keyless: () => {
    throw unavailable('The auth service');
  },
};

export interface TestGateway {
  url: string;
  port: number;
  services: FakeServices;
  readiness: Readiness;
  /** What it has logged, one object a line. */
  logs: Record<string, unknown>[];
  stop(): Promise<void>;
}

/** The gateway itself on a free port; the services and the tokens are made up. */
export async function startTestGateway(env: Record<string, string> = {}): Promise<TestGateway> {
  const services = new FakeServices();
  const readiness = new Readiness();
  const logs: Record<string, unknown>[] = [];
  const logger = pino({ level: 'info' }, collect(logs));
  const config = readConfig({ NATS_URL: 'nats://127.0.0.1:1', AUTH_URL: 'http://127.0.0.1:1', PORT: '0', ...env });
  const verifier = { verify: (token: string) => Promise.resolve().then(() => (tokens[token.split('.').at(-1) ?? ''] ?? refuse)()) };

  @Global()
  @Module({
    imports: [AppModule, MetricsModule.of(config.METRICS_TARGETS), ClickToCallModule.forRoot(config.PARLEY_PUBLIC_URL)],
    providers: [
      { provide: LOGGER, useValue: logger },
      { provide: Readiness, useValue: readiness },
      { provide: METRICS, useValue: processMetrics('api-gateway', readiness) },
      { provide: RpcClient, useValue: services },
      { provide: AccessTokenVerifier, useValue: verifier },
      { provide: PublicUrl, useValue: new PublicUrl(config.PARLEY_PUBLIC_URL) },
    ],
    exports: [LOGGER, Readiness, METRICS, RpcClient, AccessTokenVerifier, PublicUrl],
  })
  class Surroundings {}

  const silent = createLogger({ name: 'nest', level: 'silent', format: 'json' });
  const app = await listenHttp(Surroundings, config, new NestLogger(silent));
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, services, readiness, logs, stop: () => app.close() };
}

function refuse(): never {
  throw tokenInvalid();
}

const collect = (lines: Record<string, unknown>[]): Writable =>
  new Writable({
    write(line: Buffer, _encoding, done) {
      lines.push(JSON.parse(line.toString()) as Record<string, unknown>);
      done();
    },
  });
