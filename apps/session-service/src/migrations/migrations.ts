import { baseMigration, type MigrationClass } from '@parley/persistence';
import { KeyRingTable1700000450000 } from './key-ring-table.js';
import { SessionTables1700000100000 } from './session-tables.js';

export const schema = 'session';

/** In the order in which they are applied; only ever appended to. */
export const migrations: MigrationClass[] = [baseMigration, SessionTables1700000100000, KeyRingTable1700000450000];
