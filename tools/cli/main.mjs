// npm run parley -- ...: administration from the command line, over the same HTTP as everybody's. Runs from the source: no build.
import { commands, help, options } from './commands.mjs';
import { connect, RequestFailed } from './connection.mjs';
import { parse, UsageError } from './fields.mjs';
import { show } from './show.mjs';

async function run(args) {
  const { values, positionals } = parse(args, options);
  const [thing = 'help', verb = '', ...names] = positionals;
  if (values.help || thing === 'help') return void process.stdout.write(help(thing === 'help' ? verb : thing));
  const command = commandFor(thing, verb, names);
  const answer = await command.run(connect(process.env), names, values);
  process.stdout.write(values.json ? `${JSON.stringify(answer, null, 2)}\n` : show(answer));
  if (command.failed?.(answer)) process.exitCode = 1;
}

function commandFor(thing, verb, names) {
  const verbs = Object.hasOwn(commands, thing) ? commands[thing] : undefined;
  if (!verbs) throw new UsageError(`There is nothing called ${thing}.`);
  const command = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  if (!command) throw new UsageError(`Say what to do with ${thing}: ${Object.keys(verbs).join(', ')}.`);
  if (names.length !== command.names.length) throw new UsageError(`It is: parley ${thing} ${verb} ${command.names.map((name) => `<${name}>`).join(' ')}`.trimEnd());
  return command;
}

try {
  await run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError || error instanceof RequestFailed)) throw error;
  process.stderr.write(`${error.message}\n${error instanceof UsageError ? '`npm run parley -- --help` lists what there is.\n' : ''}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
