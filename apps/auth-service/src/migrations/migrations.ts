import { baseMigration, type MigrationClass } from '@parley/persistence';
import { AuthTables1700000100000 } from './auth-tables.js';

export const schema = 'auth';

/** In the order in which they are applied; only ever appended to. */
export const migrations: MigrationClass[] = [baseMigration, AuthTables1700000100000];
