/** The migrations of all services in one process: to start four costs several times what they do. */
import { compiled } from './checkout.js';
import { reasonOf } from './failure.js';

const urls = JSON.parse(process.env['MIGRATE'] ?? '{}') as Record<string, string>;

for (const [service, url] of Object.entries(urls)) {
  process.env['DATABASE_URL'] = url; // all that the script reads, when it is loaded
  await import(compiled(`apps/${service}/src/migrate.js`)).catch((error: unknown) => {
    throw new Error(`${service}: ${reasonOf(error)}`, { cause: error });
  });
}
