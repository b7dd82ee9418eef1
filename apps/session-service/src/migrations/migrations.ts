import { baseMigrations, type MigrationClass } from '@parley/persistence';
import { AdmissionTables1700000200000 } from './admission-tables.js';
import { AliasTables1700000500000 } from './alias-tables.js';
import { CallSessionTables1700000600000 } from './call-session-tables.js';
import { KeyRingTable1700000450000 } from './key-ring-table.js';
import { RefusalOrder1700000700000 } from './refusal-order.js';
import { ScheduleTables1700000400000 } from './schedule-tables.js';
import { SessionTables1700000100000 } from './session-tables.js';

export const schema = 'session';

/** In the order in which they are applied; only ever appended to. */
export const migrations: MigrationClass[] = [...baseMigrations, SessionTables1700000100000, AdmissionTables1700000200000, ScheduleTables1700000400000, KeyRingTable1700000450000, AliasTables1700000500000, CallSessionTables1700000600000, RefusalOrder1700000700000];
