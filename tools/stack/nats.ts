import { connect } from 'node:net';
import { mkdirSync, writeFileSync } from 'node:fs';
import { startChild, type Child } from './child.js';
import { StackFailure } from './failure.js';
import { openLog, readFrom, sizeOf } from './log-file.js';
import { findNats, type NatsBinary } from './nats-binary.js';
import { authorization, type NatsIdentity } from './nats-identities.js';
import { freePort } from './ports.js';
import { waitUntil } from './wait.js';

export interface NatsOptions {
  /** Holds the configuration and JetStream's store. */
  dir: string;
  logFile: string;
  /** Who may connect: whoever knows a token, or these and each only to what is theirs. */
  access: string | readonly NatsIdentity[];
  port?: number;
  /** False: what is acknowledged may still be lost in a power cut. For tests. */
  durable?: boolean;
  /** More lines of configuration: within JetStream's block, and beside it. */
  jetstream?: readonly string[];
  more?: readonly string[];
  say?: (line: string) => void;
}

export interface Nats {
  child: Child;
  port: number;
  version: string;
}

export async function startNats(options: NatsOptions): Promise<Nats> {
  const binary = findNats(options.say);
  const port = options.port ?? (await freePort());
  const config = writeConfig(options, binary, port);
  const before = sizeOf(options.logFile);
  const log = openLog(options.logFile);
  const child = await startChild({
    command: binary.path,
    args: ['--config', config],
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', log, log],
    stopSignal: 'SIGTERM',
  });
  await waitUntil(async () => child.hasExited() || (await greets(port)), 20_000);
  if (child.hasExited()) throw didNotStart(readFrom(options.logFile, before), options.logFile);
  return { child, port, version: binary.version };
}

/** Bytes. A page of answers has no other bound than what is in it; a request may bring 1 MiB. The broker's own default is 1 MiB. */
const MAX_PAYLOAD = 8 * 1024 * 1024;

function writeConfig({ dir, access, durable = true, jetstream = [], more = [] }: NatsOptions, binary: NatsBinary, port: number): string {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const lines = [
    `listen: "127.0.0.1:${port}"`,
    `max_payload: ${MAX_PAYLOAD}`,
    authorization(access),
    'jetstream {',
    `  store_dir: ${JSON.stringify(dir)}`,
    durable && knowsSyncInterval(binary) ? '  sync_interval: always' : '',
    ...jetstream.map((line) => `  ${line}`),
    '}',
    ...more,
  ];
  const path = `${dir}/nats.conf`;
  writeFileSync(path, `${lines.join('\n')}\n`, { mode: 0o600 });
  return path;
}

/** By default an acknowledged message reaches the disk up to two minutes later. Servers before 2.10 refuse the setting. */
function knowsSyncInterval({ version }: NatsBinary): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 2 || minor >= 10;
}

/** A NATS server speaks first: anything else that listens there does not say INFO. */
function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const done = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', (data) => done(data.toString().startsWith('INFO ')));
    socket.once('error', () => done(false));
    socket.setTimeout(1_000, () => done(false));
  });
}

function didNotStart(said: string, logFile: string): StackFailure {
  const fatal = said.split('\n').filter((line) => /\[FTL\]|\[ERR\]|nats-server:/.test(line)).slice(-3).join('\n');
  return new StackFailure(`NATS did not start: ${fatal || 'it said nothing'}`, `Its log is ${logFile}.`);
}
