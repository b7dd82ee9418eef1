import type { SealedTable } from '@parley/persistence';

/** Every place where auth-service keeps something sealed, with the context that it was sealed in. */
export const sealedTables: readonly SealedTable[] = [
  { table: 'client_secret', row: 't.id', org: '(select c.org_id::text from api_client c where c.id = t.client_id)' },
  { table: 'signing_key', row: 't.kid', org: `''` },
  { table: 'server_secret', row: 't.name', org: `''` },
  { table: 'sealed_artifact', row: 't.id_hash', org: `''` },
  { table: 'refresh_answer', row: 't.token_hash', org: '(select c.org_id::text from api_client c where c.id = t.client_id)' },
];
