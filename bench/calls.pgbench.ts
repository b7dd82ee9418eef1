import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runMigrations } from '@parley/persistence';
// eslint-disable-next-line parley/boundaries -- the limit that is measured is the service's own SQL
import { byTokenSql, lockTokenSql, saveSql } from '../apps/call-service/src/calls/calls.repository.js';
// eslint-disable-next-line parley/boundaries -- the same
import { migrations, schema } from '../apps/call-service/src/migrations/migrations.js';
// eslint-disable-next-line parley/boundaries -- the same
import { factsSql, placeSql } from '../apps/call-service/src/placing/placing.repository.js';
import type { Load } from './calls.load.js';
import { type Figures, figuresOf } from './figures.js';
import { sql } from './sql.js';

const user = `('user-' || :client_id)`;
const callId = `md5('call' || :run || '-' || :client_id || '-' || :n)::uuid`;
const token = `('token' || :run || '-' || :client_id || '-' || :n)`;
const event = (subject: string, sequence: number): string =>
  `json_build_array(json_build_object('event_id', uuidv7(), 'aggregate', 'call/' || ${callId}, 'sequence', ${sequence}, 'subject', '${subject}', 'org_id', 'bench', 'envelope', '{"specversion":"1.0","data":{"${'x'.repeat(500)}":1}}'))`;
const begin = `begin isolation level read committed;\nselect pg_current_xact_id(), set_config('statement_timeout', '2000', true)`;

const fill = (text: string, params: string[]): string => params.reduceRight((filled, value, index) => filled.replaceAll(`$${index + 1}`, value), text).replaceAll(/\s+/g, ' ');

const placing = [callId, `'bench'`, user, `'name'`, `'app'`, `'1'`, token, `'queued'`, 'false', 'now()', `(now() + interval '4 h')`, '1', event('evt.call.call-placed.v1', 1)];
const saving = [callId, `'canceled'`, 'null', 'now()', `'stopped'`, '2', event('evt.call.call-ended.v1', 2)];

/** What the service sends for each: a call placed and stopped, or one read. */
const scripts = {
  pair: `\\set n :n + 1
${begin}, (select count(pg_advisory_xact_lock(hashtextextended('1 calls of user bench ' || ${user}, 0))));
${fill(factsSql, [`'bench'`, user, `'app'`, '14400'])};
${fill(placeSql, placing)};
commit;
${begin};
${fill(lockTokenSql, [token, `'bench'`, user])};
${fill(saveSql, saving)};
commit;
`,
  read: `${fill(byTokenSql, [`('read-' || :client_id)`, `'bench'`, user])};\n`,
};

/** A database of pgbench's own on the same server, so that no relay works on what it writes. */
export async function limitDatabase(serviceUrl: string): Promise<string> {
  await sql(serviceUrl, 'create database bench_calls');
  const url = serviceUrl.replace(/\/parley$/, '/bench_calls');
  await sql(url, 'create schema call');
  await runMigrations({ url, schema, migrations });
  await sql(
    url,
    `set search_path = call;
     insert into limit_rule (kind, key, version, calls_per_user, username) values ('everyone', 'all', 0, 2, null), ('org', 'bench', 0, null, null), ('client', 'app', 0, null, null);
     insert into limit_rule (kind, key, version, calls_per_user, username) select 'user', 'user-' || n, 0, null, 'name' from generate_series(0, 63) n;
     insert into placed_call (id, org_id, user_id, username, client_id, number, token, state, auto_end, placed, expires, sequence)
     select gen_random_uuid(), 'bench', 'user-' || n, 'name', 'app', '1', 'read-' || n, 'queued', false, now(), now() + interval '1 day', 1 from generate_series(0, 63) n`,
  );
  return url;
}

let runs = 0;

export function pgbench(databaseUrl: string, script: keyof typeof scripts, { clients, seconds }: Load): Figures {
  const folder = mkdtempSync(join(tmpdir(), 'parley-pgbench-'));
  const file = join(folder, 'calls.sql');
  writeFileSync(file, scripts[script]);
  runs += 1;
  const options = ['-n', '-M', 'prepared', '-c', String(clients), '-j', String(Math.min(clients, 2)), '-T', String(seconds), '-D', 'n=0', '-D', `run=${runs}`, '-l', '-f', file, databaseUrl];
  try {
    execFileSync('pgbench', options, { cwd: folder, env: { ...process.env, PGOPTIONS: '-c search_path=call' }, stdio: ['ignore', 'ignore', 'inherit'] });
    const lines = readdirSync(folder).filter((name) => name.startsWith('pgbench_log')).flatMap((name) => readFileSync(join(folder, name), 'utf8').trim().split('\n'));
    return figuresOf(lines.map((line) => Number(line.split(' ')[2]) / 1000), seconds, 0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
