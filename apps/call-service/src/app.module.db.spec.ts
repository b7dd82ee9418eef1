import { jest } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { runMigrations } from '@parley/persistence';
import { createLogger, PlatformModule, Readiness } from '@parley/platform';
import { eventually, notYet, testDatabase, type TestDatabase, testNats, type TestNats } from '@parley/testing';
import { AppModule } from './app.module.js';
import { readConfig } from './config.js';
import { migrations, schema } from './migrations/migrations.js';

jest.setTimeout(60_000); // a service is started many times

const log = createLogger({ name: 'test', level: 'silent', format: 'json' });

describe('The call service', () => {
  let nats: TestNats;
  let database: TestDatabase;

  beforeAll(async () => {
    [nats, database] = await Promise.all([testNats(), testDatabase('call')]);
  });

  afterAll(async () => {
    await Promise.all([nats.stop(), database.drop()]);
  });

  const start = async (readiness: Readiness) => {
    const module = AppModule.forRoot(readConfig({ DATABASE_URL: database.url, NATS_URL: nats.url }));
    return NestFactory.createApplicationContext(PlatformModule.around(module, log, readiness), { logger: false });
  };

  it('is not ready before its schema is there', async () => {
    const readiness = new Readiness();
    const app = await start(readiness);
    expect(await readiness.report()).toMatchObject({ ready: false, checks: { database: 'a migration is missing: run migrate.js first' } });

    await runMigrations({ url: database.url, schema, migrations });

    await eventually(async () => {
      const { ready, checks } = await readiness.report();
      return ready ? true : notYet(JSON.stringify(checks));
    });
    await app.close();
  });

  it('stops at whatever moment of its start it is asked to', async () => {
    for (let ms = 0; ms < 60; ms += 4) {
      const app = await start(new Readiness());
      await new Promise((resolve) => setTimeout(resolve, ms));
      const begun = performance.now();

      await app.close();

      expect(performance.now() - begun).toBeLessThan(5_000);
    }
  });
});
