import { baseMigration, type MigrationClass } from '@parley/persistence';
import { SessionTables1700000100000 } from './session-tables.js';

export const schema = 'session';

/** In the order in which they are applied; only ever appended to. */
export const migrations: MigrationClass[] = [baseMigration, SessionTables1700000100000];
