import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import 'reflect-metadata';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { CloudEvent, Owner } from '@parley/dto';
import { EventBus, Handlers } from '@parley/event-bus';
import type { MigrationClass } from '@parley/persistence';
import { createLogger, loadConfig, PlatformModule, Readiness } from '@parley/platform';
import { tempFolder } from '@parley/testing';
import type { z } from 'zod';

/** Who hears events, and whom to tell of each that took effect. */
export interface Listener {
  handlers: Handlers;
  onEffect: (event: CloudEvent) => void;
}

/** A service as it runs, but for its event bus. */
export interface RunningService extends Listener {
  close(): Promise<void>;
}

interface AppModule {
  forRoot(config: unknown): DynamicModule;
}

const sourceOf = (name: Owner, file: string): Promise<unknown> => import(`../apps/${name}-service/src/${file}.js`);

export const migrationsOf = async (name: Owner): Promise<MigrationClass[]> => ((await sourceOf(name, 'migrations/migrations')) as { migrations: MigrationClass[] }).migrations;

/** The whole service with all its providers. The bus that it has started stops again: its handlers are for whoever measures them. */
export async function startService(name: Owner, { databaseUrl, natsUrl }: { databaseUrl: string; natsUrl: string }): Promise<RunningService> {
  const { AppModule } = (await sourceOf(name, 'app.module')) as { AppModule: AppModule };
  const { configShape } = (await sourceOf(name, 'config')) as { configShape: z.ZodRawShape };
  const folder = tempFolder('bench');
  const values = { DATABASE_URL: databaseUrl, NATS_URL: natsUrl, PARLEY_PUBLIC_URL: 'http://127.0.0.1', PARLEY_KEK_FILE: kekIn(folder.path) };
  const config = loadConfig(configShape, Object.fromEntries(Object.entries(values).filter(([key]) => key in configShape)));
  const log = createLogger({ name, level: 'error', format: 'json' });
  const app = await NestFactory.createApplicationContext(PlatformModule.around(AppModule.forRoot(config), log, new Readiness()), { logger: false });
  await app.get(EventBus, { strict: false }).stop();
  const close = async (): Promise<void> => {
    await app.close();
    folder.remove();
  };
  return Object.assign(listenerOf(app.get(Handlers, { strict: false })), { close });
}

/** Tells of an effect when its transaction has committed. */
export function listenerOf(handlers: Handlers): Listener {
  const listener: Listener = { handlers, onEffect: () => undefined };
  for (const contract of handlers.contracts()) handlers.add(contract, (_data, tx, event) => tx.afterCommit(() => listener.onEffect(event)));
  return listener;
}

function kekIn(folder: string): string {
  const file = join(folder, 'kek');
  writeFileSync(file, `k1 ${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 });
  return file;
}
