import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import type { INestApplication, Type } from '@nestjs/common';
import { Database, runMigrations } from '@parley/persistence';
import { createLogger, loadConfig, PlatformModule, Readiness } from '@parley/platform';
import { NatsServer } from '@parley/rpc';
import { tempFolder, testDatabase, type TestDatabase, testNats, type TestNats } from '@parley/testing';
import { AppModule } from './app.module.js';
import { ClientsService } from './clients/clients.service.js';
import { configShape } from './config.js';
import { listenHttp } from './http/http.js';
import { migrations, schema } from './migrations/migrations.js';
import { OrgsRepository } from './orgs/orgs.repository.js';

export interface TestClient {
  orgId: string;
  clientId: string;
  secret: string;
}

export interface AuthInstance {
  app: INestApplication;
  url: string;
}

/** auth-service on a database of its own, in this process, as many copies as are asked for. */
export interface AuthSystem {
  readonly instances: AuthInstance[];
  readonly url: string;
  readonly database: TestDatabase;
  readonly nats: TestNats;
  readonly logs: string[];
  /** The keys that seal its secrets. */
  readonly kekFile: string;
  get<T>(type: { prototype: T }): T;
  sql<T = Record<string, unknown>>(text: string, params?: unknown[]): Promise<T[]>;
  newClient(name?: string): Promise<TestClient>;
  /** Everything that every table holds, as text. */
  dump(): Promise<string>;
  stop(): Promise<void>;
}

interface AuthOptions {
  copies?: number;
  env?: Record<string, string>;
}

export async function startAuth({ copies = 1, env = {} }: AuthOptions = {}): Promise<AuthSystem> {
  const [database, nats] = await Promise.all([testDatabase('auth'), testNats()]);
  const folder = tempFolder('auth');
  const kekFile = join(folder.path, 'kek');
  writeFileSync(kekFile, `k1 ${randomBytes(32).toString('base64url')}\n`);
  await runMigrations({ url: database.url, schema, migrations });
  const config = loadConfig(configShape, { NATS_URL: nats.url, DATABASE_URL: database.url, PARLEY_KEK_FILE: kekFile, PARLEY_PUBLIC_URL: 'https://parley.test', ...env });
  const logs: string[] = [];
  const logger = createLogger({ name: 'auth', level: 'debug', format: 'json' }, { write: (line) => void logs.push(line) });
  const start = async (): Promise<AuthInstance> => {
    const module = PlatformModule.around(AppModule.forRoot(config), logger, new Readiness());
    const app = await listenHttp(module, { host: '127.0.0.1', port: 0, logger: false });
    app.connectMicroservice({ strategy: new NatsServer('auth', nats.url) });
    await app.startAllMicroservices();
    return { app, url: `http://127.0.0.1:${((app.getHttpServer() as Server).address() as AddressInfo).port}` };
  };
  const instances = await Promise.all(Array.from({ length: copies }, start));
  const first = instances[0] as AuthInstance;
  const db = first.app.get(Database, { strict: false });
  const sql: AuthSystem['sql'] = (text, params) => db.query(text, params);
  return {
    instances,
    url: first.url,
    database,
    nats,
    logs,
    kekFile,
    sql,
    get: <T>(type: { prototype: T }) => first.app.get<T>(type as Type<T>, { strict: false }),
    newClient: async (name = 'Clinic') => {
      const [orgs, clients] = [first.app.get(OrgsRepository, { strict: false }), first.app.get(ClientsService, { strict: false })];
      return db.write([], async (tx) => {
        const org = await orgs.insert(tx, name);
        return { orgId: org.id, ...(await clients.createApiClient(tx, org.id, name)) };
      });
    },
    dump: async () => {
      const tables = await sql<{ name: string }>('select tablename as name from pg_tables where schemaname = $1', [schema]);
      const rows = await Promise.all(tables.map(({ name }) => sql(`select t::text from "${name}" t`)));
      return JSON.stringify(rows);
    },
    stop: async () => {
      await Promise.all(instances.map(({ app }) => app.close()));
      await Promise.all([database.drop(), nats.stop()]);
      folder.remove();
    },
  };
}

export const basic = ({ clientId, secret }: Pick<TestClient, 'clientId' | 'secret'>): string => `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`;

export interface TokenAnswer {
  access_token: string;
  refresh_token: string;
  expires_in: number;
  token_type: string;
  scope: string;
  error?: string;
  error_description?: string;
}

export interface Answer {
  status: number;
  headers: Headers;
  body: TokenAnswer;
}

export async function send(url: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(url, init);
  return { status: response.status, headers: response.headers, body: (await response.json()) as TokenAnswer };
}

/** A request for a token as a client of the Coviu API makes it. */
export const askToken = (url: string, client: Pick<TestClient, 'clientId' | 'secret'>, form: Record<string, string>, path = '/v1/auth/token'): Promise<Answer> =>
  send(url + path, { method: 'POST', headers: { authorization: basic(client) }, body: new URLSearchParams(form) });

export const claimsOf = (jwt: string): Record<string, unknown> => JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
