import { baseMigrations, type MigrationClass } from '@parley/persistence';
import { AdminTables1700000300000 } from './admin-tables.js';
import { AuthTables1700000100000 } from './auth-tables.js';
import { ConsentTables1700000500000 } from './consent-tables.js';
import { GuessTables1700000450000 } from './guess-tables.js';
import { OAuthFlowTables1700000400000 } from './oauth-flow-tables.js';
import { CallRuleTables1700000460000 } from './call-rule-tables.js';
import { RevocationTables1700000200000 } from './revocation-tables.js';

export const schema = 'auth';

/** In the order in which they are applied; only ever appended to. */
export const migrations: MigrationClass[] = [...baseMigrations, AuthTables1700000100000, RevocationTables1700000200000, AdminTables1700000300000, OAuthFlowTables1700000400000, GuessTables1700000450000, CallRuleTables1700000460000, ConsentTables1700000500000];
