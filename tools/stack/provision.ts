import { Client } from 'pg';
import { databaseNames, type DatabaseName } from './services.js';

export type DatabaseUrls = Partial<Record<DatabaseName, string>>;

export interface ProvisionOptions {
  /** A connection that may create; its database is the one that gets the schemas. */
  adminUrl: string;
  names: readonly DatabaseName[];
  passwordOf: (name: DatabaseName) => string;
}

/**
 * Per service a schema and a role that owns it and sees nothing else. Answers each service's DATABASE_URL. May run any number of
 * times. Where the connection may not create roles, all services share its role and are kept apart by their schemas alone.
 */
export function provision(options: ProvisionOptions): Promise<DatabaseUrls> {
  return asAdmin(options.adminUrl, async (admin) => {
    const own = await mayCreateRoles(admin);
    const urls: DatabaseUrls = {};
    for (const name of options.names) urls[name] = own ? await withOwnRole(admin, options, name) : await withSharedRole(admin, options, name);
    return urls;
  });
}

async function withOwnRole(admin: Client, { adminUrl, passwordOf }: ProvisionOptions, name: DatabaseName): Promise<string> {
  const role = roleOf(adminUrl, name);
  const [quoted, schema, database] = [role, name, databaseOf(adminUrl)].map((part) => admin.escapeIdentifier(part));
  const { rowCount } = await admin.query('select from pg_roles where rolname = $1', [role]);
  if (rowCount === 0) await admin.query(`create role ${quoted}`);
  await admin.query(`alter role ${quoted} login password ${admin.escapeLiteral(passwordOf(name))}`);
  await admin.query(`grant ${quoted} to current_user`); // else an administrator who is no superuser may give it nothing
  await admin.query(`create schema if not exists ${schema} authorization ${quoted}`);
  await admin.query(`alter role ${quoted} in database ${database} set search_path = ${schema}`);
  return roleUrl(adminUrl, name, passwordOf(name));
}

async function withSharedRole(admin: Client, { adminUrl }: ProvisionOptions, name: DatabaseName): Promise<string> {
  await admin.query(`create schema if not exists ${admin.escapeIdentifier(name)}`);
  const url = new URL(adminUrl);
  url.searchParams.set('options', `-csearch_path=${name}`); // without a space, which not every reader of URLs decodes alike
  return url.href;
}

/** Creates the database unless it is there; answers the same connection's URL to it. */
export async function ensureDatabase(adminUrl: string, database: string): Promise<string> {
  await asAdmin(adminUrl, async (admin) => {
    const { rowCount } = await admin.query('select from pg_database where datname = $1', [database]);
    if (rowCount === 0) await admin.query(`create database ${admin.escapeIdentifier(database)}`);
  });
  const url = withDatabase(adminUrl, database);
  await asAdmin(url, (admin) => admin.query('revoke create on schema public from public')); // PostgreSQL 14 still grants it
  return url;
}

/** Drops a database and the roles that `provision` made for it. */
export async function dropDatabase(adminUrl: string, database: string): Promise<void> {
  await asAdmin(adminUrl, async (admin) => {
    await admin.query(`drop database if exists ${admin.escapeIdentifier(database)} with (force)`);
    for (const name of databaseNames) await admin.query(`drop role if exists ${admin.escapeIdentifier(`${database}_${name}`)}`);
  });
}

/** Runs the work on a connection of its own. */
export async function asAdmin<Result>(url: string, work: (admin: Client) => Promise<Result>): Promise<Result> {
  const admin = new Client({ connectionString: url });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

function databaseOf(url: string): string {
  return decodeURIComponent(new URL(url).pathname.slice(1)) || 'postgres';
}

/** How a service connects where it has a role of its own. */
export function roleUrl(adminUrl: string, name: DatabaseName, password: string): string {
  const url = new URL(adminUrl);
  url.username = encodeURIComponent(roleOf(adminUrl, name));
  url.password = encodeURIComponent(password);
  return url.href;
}

/** Roles belong to the whole server: the database's name keeps two Parleys on it apart. */
function roleOf(adminUrl: string, name: DatabaseName): string {
  return `${databaseOf(adminUrl)}_${name}`;
}

export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${encodeURIComponent(database)}`;
  return changed.href;
}

async function mayCreateRoles(admin: Client): Promise<boolean> {
  const { rows } = await admin.query<{ may: boolean }>('select rolsuper or rolcreaterole as may from pg_roles where rolname = current_user');
  return rows[0]?.may ?? false;
}
