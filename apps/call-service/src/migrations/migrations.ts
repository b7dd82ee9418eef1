import { baseMigrations, type MigrationClass } from '@parley/persistence';
import { CallTables1700000100000 } from './call-tables.js';
import { CallUsage1700000200000 } from './usage-tables.js';
import { PlacedCallTables1700000250000 } from './placed-call-tables.js';
import { UsageOrder1700000300000 } from './usage-order.js';

export const schema = 'call';

/** In the order in which they are applied; only ever appended to. */
export const migrations: MigrationClass[] = [...baseMigrations, CallTables1700000100000, CallUsage1700000200000, PlacedCallTables1700000250000, UsageOrder1700000300000];
