import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// eslint-disable-next-line parley/boundaries -- the limit that is measured is the service's own SQL
import { factsSql } from '../apps/session-service/src/admission/facts.sql.js';
// eslint-disable-next-line parley/boundaries -- the same
import { grantSql } from '../apps/session-service/src/grants/grants.repository.js';
import { type Figures, figuresOf } from './figures.js';

const room = `:client_id || '-' || :room`;
const sessionId = `md5('bench' || :run || '-' || ${room})::uuid`;
const event = (subject: string, n: string): string =>
  `json_build_object('event_id', uuidv7(), 'aggregate', 'session/' || ${sessionId}, 'sequence', ${n}, 'subject', '${subject}', 'org_id', 'bench', 'envelope', '{"specversion":"1.0","data":{"${'x'.repeat(400)}":1}}')`;
/** As in the service: the first entry of a session tells two events, the others one. */
const events = `(case when :seat = 0 then json_build_array(${event('evt.session.session-started.v1', '1')}, ${event('evt.session.entry-granted.v1', '2')}) else json_build_array(${event('evt.session.entry-granted.v1', ':seat + 2')}) end)`;
const person = `('person ' || :seat)`;

const asking = `json_build_array(json_build_object('n', 0, 'ref', (${room}), 'client', 'key', 'person', ${person}, 'hash', 'hash', 'people', json_build_array(${person}), 'watching', false))`;
const factsParams = [`'bench'`, `(${room})`, `(${asking})`];
const entryId = `md5('entry' || :run || '-' || :client_id || '-' || :n)::uuid`;
const later = `(now() + interval '1 hour')`;
const grantParams = [
  ...[sessionId, `'bench'`, `(${room})`, 'now()', '(:seat + 2)'],
  ...[entryId, `'key'`, `md5(${room})::uuid`, `'Person'`, `'guest'`, `'peer'`, person, `'${'t'.repeat(300)}'`, 'now()', later, later],
  ...[person, events, `array[${person}]`, `'${'h'.repeat(43)}'`, '0', `'{}'::jsonb`, 'null::timestamptz', 'null::timestamptz', 'null::timestamptz', 'null::text[]', 'false'],
];

const fill = (sql: string, params: string[]): string => params.reduceRight((text, value, index) => text.replaceAll(`$${index + 1}`, value), sql).replaceAll(/\s+/g, ' ');

/** In one room for everybody: one session for ever, in which each entry counts events of its own. */
const inOneRoom = (text: string): string =>
  text.replaceAll(`'session/' || ${sessionId}`, `'session/' || ${entryId}`).replaceAll(sessionId, `md5('hot')::uuid`).replaceAll(room, `'hot'`);

/** The entry's SQL with values in the places of its parameters. */
function script(hot: boolean): string {
  const text = readFileSync('bench/entry.pgbench.sql', 'utf8').replace('{facts}', fill(factsSql, factsParams)).replace('{grant}', fill(grantSql, grantParams));
  return hot ? inOneRoom(text) : text;
}

let runs = 0;

/** pgbench for so long at that concurrency; each run uses sessions of its own. */
export function pgbench(databaseUrl: string, { clients, seconds, hot = false }: { clients: number; seconds: number; hot?: boolean }): Figures {
  const folder = mkdtempSync(join(tmpdir(), 'parley-pgbench-'));
  const file = join(folder, 'entry.sql');
  writeFileSync(file, script(hot));
  runs += 1;
  const first = runs * 1_000_000;
  const options = ['-n', '-M', 'prepared', '-c', String(clients), '-j', String(Math.min(clients, 2)), '-T', String(seconds), '-D', `n=${first - 1}`, '-D', `run=${runs}`, '-l', '-f', file, databaseUrl];
  try {
    execFileSync('pgbench', options, { cwd: folder, env: { ...process.env, PGOPTIONS: '-c search_path=session' }, stdio: ['ignore', 'ignore', 'inherit'] });
    const lines = readdirSync(folder).filter((name) => name.startsWith('pgbench_log')).flatMap((name) => readFileSync(join(folder, name), 'utf8').trim().split('\n'));
    return figuresOf(lines.map((line) => Number(line.split(' ')[2]) / 1000), seconds, 0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
