import { runMigrations } from '@parley/persistence';
import { databaseConfig, loadConfig } from '@parley/platform';
import { migrations, schema } from './migrations/migrations.js';

const { DATABASE_URL } = loadConfig({ DATABASE_URL: databaseConfig.DATABASE_URL });
await runMigrations({ url: DATABASE_URL, schema, migrations });
