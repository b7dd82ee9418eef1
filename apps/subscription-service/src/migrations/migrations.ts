import { baseMigrations, type MigrationClass } from '@parley/persistence';
import { SubscriptionTable1700000100000 } from './subscription-table.js';

export const schema = 'subscription';

/** In the order in which they are applied; only ever appended to. */
export const migrations: MigrationClass[] = [...baseMigrations, SubscriptionTable1700000100000];
