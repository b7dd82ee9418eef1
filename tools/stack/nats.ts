import { connect } from 'node:net';
import { mkdirSync, writeFileSync } from 'node:fs';
import { startChild, type Child } from './child.js';
import { StackFailure } from './failure.js';
import { openLog, readFrom, sizeOf } from './log-file.js';
import { findNats, type NatsBinary } from './nats-binary.js';
import { freePort } from './ports.js';
import { waitUntil } from './wait.js';

export interface NatsOptions {
  /** Holds the configuration and JetStream's store. */
  dir: string;
  logFile: string;
  /** Whoever connects must know it. */
  token: string;
  port?: number;
  /** False: what is acknowledged may still be lost in a power cut. For tests. */
  durable?: boolean;
  say?: (line: string) => void;
}

export interface Nats {
  child: Child;
  port: number;
  version: string;
  url: string;
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
  return { child, port, version: binary.version, url: `nats://${options.token}@127.0.0.1:${port}` };
}

function writeConfig({ dir, token, durable = true }: NatsOptions, binary: NatsBinary, port: number): string {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const lines = [
    `listen: "127.0.0.1:${port}"`,
    `authorization { token: ${JSON.stringify(token)} }`,
    'jetstream {',
    `  store_dir: ${JSON.stringify(dir)}`,
    durable && knowsSyncInterval(binary) ? '  sync_interval: always' : '',
    '}',
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
