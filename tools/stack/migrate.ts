import type { DatabaseUrls } from './provision.js';
import { runScript } from './service-process.js';
import { services } from './services.js';

/** Brings every service's schema up to date. */
export async function migrate(urls: DatabaseUrls): Promise<void> {
  const withDatabase = services.flatMap(({ name, database }) => (database ? [[name, urls[database] ?? '']] : []));
  await runScript('tools/stack/migrate-process.js', { MIGRATE: JSON.stringify(Object.fromEntries(withDatabase)) });
}
