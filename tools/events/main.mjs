// npm run events -- ...: events that wait, and events that are to come again. Works on the databases of the services themselves, so
// it needs neither broker nor services. Runs after a build.
import { parseArgs } from 'node:util';
import { dropWaiting, findWaiting, listWaiting, replayDead, replayFrom } from '../../dist/libs/event-bus/src/index.js';
import { UsageError } from '../cli/fields.mjs';
import { show } from '../cli/show.mjs';
import { reachable, withDatabaseOf } from './databases.mjs';

const help = `npm run events -- parked list [--consumer c] [--status parked|dead]
                                       what does not take effect: tried again by itself (parked) or waiting for you (dead)
npm run events -- parked show <event>  one of them, with what it says
npm run events -- parked replay --consumer c [<event>]
                                       dead ones are tried again, all of a consumer or one; those behind them follow
npm run events -- parked drop --consumer c <event>
                                       give one up: it never takes effect, and those behind it go on
npm run events -- replay --from <time> --consumer c
                                       what a consumer lost with its database comes again from the ledger; what it knows does not

A consumer is called <service>__<whose events>, e.g. call__session. --json for programs.
AUTH_DATABASE_URL, SUBSCRIPTION_DATABASE_URL, SESSION_DATABASE_URL, CALL_DATABASE_URL name the databases (each service's
DATABASE_URL); without any of them it is the local stack.
`;

const options = {
  help: { type: 'boolean', short: 'h' },
  json: { type: 'boolean' },
  consumer: { type: 'string' },
  status: { type: 'string' },
  from: { type: 'string' },
};

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

const commands = {
  'parked list': async (_event, { consumer, status }) => {
    if (status !== undefined && !['parked', 'dead'].includes(status)) throw new UsageError('--status is parked or dead');
    const services = consumer === undefined ? reachable() : [partsOf(consumer).service];
    const lists = await Promise.all(services.map((service) => withDatabaseOf(service, (db) => listWaiting(db, { consumer, status }))));
    return lists.flat();
  },
  'parked show': async (event) => {
    const found = await Promise.all(reachable().map((service) => withDatabaseOf(service, (db) => findWaiting(db, idOf(event)))));
    const row = found.find(Boolean);
    if (!row) throw new NotThere(`No event ${event} waits anywhere.`);
    return { ...row, payload: JSON.parse(row.payload) };
  },
  'parked replay': async (event, values) => {
    const { consumer, service } = partsOf(values.consumer);
    return { replayed: await withDatabaseOf(service, (db) => replayDead(db, consumer, event === undefined ? undefined : idOf(event))) };
  },
  'parked drop': async (event, values) => {
    const { consumer, service } = partsOf(values.consumer);
    const dropped = await withDatabaseOf(service, (db) => dropWaiting(db, consumer, idOf(event)));
    if (!dropped) throw new NotThere(`No event ${event} waits for ${consumer}.`);
    return { dropped: event };
  },
  replay: async (_event, values) => {
    const { consumer, service, owner } = partsOf(values.consumer);
    const since = new Date(values.from ?? '');
    if (Number.isNaN(since.getTime())) throw new UsageError('--from is a time, e.g. 2030-01-31T10:00:00Z');
    return withDatabaseOf(owner, (ledger) => withDatabaseOf(service, async (database) => ({ put: await replayFrom({ ledger, database, consumer, since }) })));
  },
};

/** What was asked for is not there. */
class NotThere extends Error {}

function partsOf(consumer) {
  const [, service, owner] = /^([a-z]+)__([a-z]+)$/.exec(consumer ?? '') ?? [];
  if (!service) throw new UsageError('Say for which consumer: --consumer <service>__<whose events>, e.g. call__session.');
  return { consumer, service, owner };
}

function idOf(event) {
  if (!UUID.test(event ?? '')) throw new UsageError('Say which event, by its id.');
  return event;
}

async function run(args) {
  const { values, positionals } = parse(args);
  if (values.help || positionals.length === 0) return void process.stdout.write(help);
  const [name, event] = positionals[0] === 'parked' ? [positionals.slice(0, 2).join(' '), positionals[2]] : positionals;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) throw new UsageError(`There is no command ${name}.`);
  const answer = await command(event, values);
  process.stdout.write(values.json ? `${JSON.stringify(answer, null, 2)}\n` : show(answer));
}

function parse(args) {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error.message);
  }
}

try {
  await run(process.argv.slice(2));
} catch (error) {
  const known = error instanceof UsageError || error instanceof NotThere || error.code === 'database.unavailable';
  if (!known) throw error;
  process.stderr.write(`${error.message}\n${error instanceof UsageError ? '`npm run events -- --help` lists what there is.\n' : ''}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
