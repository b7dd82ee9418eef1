import { DataSource, type MigrationInterface } from 'typeorm';
import pg from 'pg';

/** A TypeORM migration: its class name ends with its time, 13 digits, by which migrations are ordered. */
export type MigrationClass = new () => MigrationInterface;

export const migrationsTable = 'migrations';

export const migrationName = (migration: MigrationClass): string => new migration().name ?? migration.name;

export interface MigrationOptions {
  url: string;
  schema: string;
  /** `baseMigrations` first, then the service's own. */
  migrations: MigrationClass[];
}

/**
 * Creates the schema if need be and applies what is missing, each migration in its own transaction. Any number of copies may
 * start at once: one works, the others wait for it and find nothing to do.
 */
export async function runMigrations(options: MigrationOptions): Promise<void> {
  const turn = new pg.Client({ connectionString: options.url, application_name: 'parley-migrations' });
  await turn.connect();
  try {
    await turn.query('select pg_advisory_lock(hashtextextended($1, 0))', [`parley migrations ${options.schema}`]);
    await createSchema(turn, options.schema);
    if (!(await isCurrent(turn, options))) await applyMigrations(options);
  } finally {
    await turn.end(); // and with the session goes the lock
  }
}

/** Asked for first, because `create schema if not exists` needs the right to create even when there is nothing to create. */
async function createSchema(client: pg.Client, schema: string): Promise<void> {
  const { rowCount } = await client.query('select from pg_namespace where nspname = $1', [schema]);
  if (rowCount === 0) await client.query(`create schema ${client.escapeIdentifier(schema)}`);
}

async function isCurrent(client: pg.Client, { schema, migrations }: MigrationOptions): Promise<boolean> {
  const table = `${client.escapeIdentifier(schema)}.${client.escapeIdentifier(migrationsTable)}`;
  const { rows: found } = await client.query<{ there: boolean }>('select to_regclass($1) is not null as there', [table]);
  if (!found[0]?.there) return false;
  const { rows } = await client.query<{ name: string }>(`select name from ${table}`);
  const applied = new Set(rows.map(({ name }) => name));
  return migrations.every((migration) => applied.has(migrationName(migration)));
}

async function applyMigrations({ url, schema, migrations }: MigrationOptions): Promise<void> {
  const dataSource = new DataSource({
    type: 'postgres',
    url,
    schema,
    migrations,
    migrationsTableName: migrationsTable,
    migrationsTransactionMode: 'each',
    installExtensions: false,
    logging: false,
    poolSize: 2,
    extra: { options: `-c search_path=${schema}` },
  });
  await dataSource.initialize();
  try {
    await dataSource.runMigrations();
  } finally {
    await dataSource.destroy();
  }
}
