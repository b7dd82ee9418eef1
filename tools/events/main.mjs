// npm run events -- ...: events that wait, and events that are to come again. Works on the databases of the services themselves, so
// it needs neither broker nor services. Runs after a build.
import { dropWaiting, findWaiting, listWaiting, replayDead, replayFrom } from '../../dist/libs/event-bus/src/index.js';
import { parse, UsageError } from '../cli/fields.mjs';
import { show } from '../cli/show.mjs';
import { placeOf, reachable, subscriberOf, withDatabaseAt } from './databases.mjs';

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
DATABASE_URL); without any of them it is the local stack. A consumer that is no service of Parley, e.g. presence__session:
--schema <name> --database <url>, or SUBSCRIBER_DATABASE_URL, so that no password stands on the command line.
`;

const options = {
  help: { type: 'boolean', short: 'h' },
  json: { type: 'boolean' },
  consumer: { type: 'string' },
  status: { type: 'string' },
  from: { type: 'string' },
  database: { type: 'string' },
  schema: { type: 'string' },
};

/** SQLSTATE: who connects may not, or there is no such database. */
const NOT_LET_IN = /^(28...|3D000|42501)$/;

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

const commands = {
  'parked list': async (_event, values) => {
    const { consumer, status } = values;
    if (status !== undefined && !['parked', 'dead'].includes(status)) throw new UsageError('--status is parked or dead');
    const lists = await Promise.all(placesOf(values).map((place) => withDatabaseAt(place, (db) => listWaiting(db, { consumer, status }))));
    return lists.flat();
  },
  'parked show': async (event, values) => {
    const found = await Promise.all(placesOf(values).map((place) => withDatabaseAt(place, (db) => findWaiting(db, idOf(event)))));
    const row = found.find(Boolean);
    if (!row) throw new NotThere(`No event ${event} waits anywhere.`);
    return { ...row, payload: JSON.parse(row.payload) };
  },
  'parked replay': async (event, values) => {
    const { consumer, place } = consumerOf(values);
    return { replayed: await withDatabaseAt(place, (db) => replayDead(db, consumer, event === undefined ? undefined : idOf(event))) };
  },
  'parked drop': async (event, values) => {
    const { consumer, place } = consumerOf(values);
    const dropped = await withDatabaseAt(place, (db) => dropWaiting(db, consumer, idOf(event)));
    if (!dropped) throw new NotThere(`No event ${event} waits for ${consumer}.`);
    return { dropped: event };
  },
  replay: async (_event, values) => {
    const { consumer, place, owner } = consumerOf(values);
    const since = new Date(values.from ?? '');
    if (Number.isNaN(since.getTime())) throw new UsageError('--from is a time, e.g. 2030-01-31T10:00:00Z');
    return withDatabaseAt(placeOf(owner), (ledger) => withDatabaseAt(place, async (database) => ({ put: await replayFrom({ ledger, database, consumer, since }) })));
  },
};

/** What was asked for is not there. */
class NotThere extends Error {}

/** Where the inboxes lie that were asked for. */
function placesOf(values) {
  if (values.consumer !== undefined) return [consumerOf(values).place];
  const subscriber = subscriberOf(values);
  return subscriber ? [subscriber] : reachable().map(placeOf);
}

function consumerOf({ consumer, ...values }) {
  const [, name, owner] = /^([^_].*)__([a-z]+)$/.exec(consumer ?? '') ?? [];
  if (!name) throw new UsageError('Say for which consumer: --consumer <service>__<whose events>, e.g. call__session.');
  return { consumer, owner, place: subscriberOf(values) ?? placeOf(name) };
}

function idOf(event) {
  if (!UUID.test(event ?? '')) throw new UsageError('Say which event, by its id.');
  return event;
}

async function run(args) {
  const { values, positionals } = parse(args, options);
  if (values.help || positionals.length === 0) return void process.stdout.write(help);
  const [name, event] = positionals[0] === 'parked' ? [positionals.slice(0, 2).join(' '), positionals[2]] : positionals;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) throw new UsageError(`There is no command ${name}.`);
  const answer = await command(event, values);
  process.stdout.write(values.json ? `${JSON.stringify(answer, null, 2)}\n` : show(answer));
}

try {
  await run(process.argv.slice(2));
} catch (error) {
  const known = error instanceof UsageError || error instanceof NotThere || error.code === 'database.unavailable' || NOT_LET_IN.test(error.code);
  if (!known) throw error;
  process.stderr.write(`${error.message}\n${error instanceof UsageError ? '`npm run events -- --help` lists what there is.\n' : ''}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
