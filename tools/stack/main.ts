import { parseArgs } from 'node:util';
import { DataDir } from './data-dir.js';
import { readDemo } from './demo-file.js';
import { reasonOf, StackFailure } from './failure.js';
import { logs } from './logs.js';
import { sessionLink } from './session-link.js';
import { start } from './start.js';
import { status } from './status.js';
import { reset, stop } from './stop.js';

const help = `npm start                             start everything; Ctrl-C stops it
npm run stack -- status [--json]      what runs, with process and port numbers
npm run stack -- stop                 stop it from another terminal
npm run stack -- logs [name...]       the last lines of the logs; --follow for what comes, --lines 50 for more
npm run stack -- link                 a signed session link; --ref, --sid, --name, --role owner|guest
npm run stack -- reset                remove all data

PORT             the gateway's port (default 3000; 0 for any)
PARLEY_DATA_DIR  where data, logs and secrets are (default .parley in the checkout); another one is another stack
DATABASE_URL     a PostgreSQL of yours instead of the one that comes along
NATS_URL         a NATS server of yours (with JetStream) instead of the one that comes along
NATS_SERVER_BIN  the nats-server to run
PARLEY_LISTENERS services of yours that hear events: presence=session billing=session,call; status says how they connect
`;

const options = {
  help: { type: 'boolean', short: 'h' },
  json: { type: 'boolean' },
  follow: { type: 'boolean', short: 'f' },
  lines: { type: 'string', default: '20' },
  ref: { type: 'string', default: 'ada' },
  sid: { type: 'string', default: 'demo' },
  name: { type: 'string', default: 'Ada' },
  role: { type: 'string', default: 'owner' },
} as const;

/** The command line of the local stack. */
export async function main(args: string[]): Promise<void> {
  try {
    await run(args);
  } catch (error) {
    process.stderr.write(`${reasonOf(error)}\n`);
    if (error instanceof StackFailure && error.advice) process.stderr.write(`What to do: ${error.advice}\n`);
    process.exitCode = 1;
  }
}

interface Call {
  dataDir: DataDir;
  names: string[];
  values: ReturnType<typeof parse>['values'];
}

const commands: Record<string, (call: Call) => void | Promise<void>> = {
  help: () => void process.stdout.write(help),
  start,
  status: ({ dataDir, values }) => status(dataDir, values.json ?? false),
  stop: ({ dataDir }) => stop(dataDir),
  reset: ({ dataDir }) => reset(dataDir),
  logs: ({ dataDir, names, values }) => logs(dataDir, { names, lines: Number(values.lines) || 20, follow: values.follow ?? false }),
  link: ({ dataDir, values }) => printLink(dataDir, values),
};

function parse(args: string[]) {
  return parseArgs({ args, options, allowPositionals: true });
}

async function run(args: string[]): Promise<void> {
  const { values, positionals } = parse(args);
  const [name = 'help', ...names] = positionals;
  const command = values.help ? commands['help'] : commands[name];
  if (!command) throw new StackFailure(`There is no command ${name}`, '`npm run stack -- --help` lists what there is.');
  await command({ dataDir: new DataDir(), names, values });
}

function printLink(dataDir: DataDir, { ref, sid, name, role }: { ref: string; sid: string; name: string; role: string }): void {
  if (role !== 'owner' && role !== 'guest') throw new StackFailure(`--role is owner or guest, not ${role}`);
  const demo = readDemo(dataDir.file('demo.json'));
  process.stdout.write(`${sessionLink(demo.baseUrl, demo, { ref, sid, name, role })}\n`);
}
