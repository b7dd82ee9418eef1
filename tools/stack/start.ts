import { DataDir } from './data-dir.js';
import { StackFailure } from './failure.js';
import { takeLock } from './lock.js';
import { freePort, isPortFree } from './ports.js';
import { clearLeftovers } from './run-state.js';
import { Screen } from './screen.js';
import { Stack } from './stack.js';

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** It ran, and cannot go on. */
class Hopeless extends StackFailure {}

/** Runs the stack until it is told to stop or cannot go on. */
export async function start(): Promise<void> {
  const screen = new Screen();
  const dataDir = new DataDir();
  try {
    await begin(dataDir, screen);
  } catch (error) {
    screen.explain(error instanceof Hopeless ? 'Parley had to stop.' : 'Parley could not start.', error);
    process.exitCode = 1;
  }
}

async function begin(dataDir: DataDir, screen: Screen): Promise<void> {
  dataDir.prepare();
  const unlock = takeLock(dataDir.file('launcher.lock'));
  try {
    await clearLeftovers(dataDir.file('run.json'), (line) => screen.say(line));
    const port = await gatewayPort();
    screen.say(`Parley is starting; its data is in ${dataDir.path}`);
    await run(dataDir, screen, port);
  } finally {
    unlock();
  }
}

/** Settles when everything has stopped. */
async function run(dataDir: DataDir, screen: Screen, port: number): Promise<void> {
  const ending = new Ending();
  const stack = new Stack({ dataDir, screen, port, onHopeless: (why) => ending.because(new Hopeless(why, `Look into ${dataDir.path}/logs.`)) });
  stopSignals.forEach((signal) => process.on(signal, () => ending.because(signal)));
  stack.up().catch((error: unknown) => ending.because(error));
  const reason = await ending.reason;
  screen.say(typeof reason === 'string' ? 'stopping' : 'cannot go on; stopping the rest');
  await stack.down();
  if (typeof reason !== 'string') throw reason;
  screen.say('stopped; the data is kept');
}

/** Why the stack has to end: the first reason counts, and whoever asks a second time does not want to wait. */
class Ending {
  because!: (reason: unknown) => void;
  readonly reason = new Promise<unknown>((resolve) => {
    let asked = 0;
    this.because = (reason) => {
      asked += typeof reason === 'string' ? 1 : 0;
      if (asked > 1) process.exit(1); // the lifeline stops what is left
      resolve(reason);
    };
  });
}

async function gatewayPort(): Promise<number> {
  const text = process.env['PORT'] || '3000';
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new StackFailure(`PORT is ${text}, which is no port number`, 'Set PORT to a number from 1 to 65535, or 0 for any free one.');
  if (port === 0) return freePort();
  if (await isPortFree(port)) return port;
  throw new StackFailure(`Port ${port} is taken by another program`, `Stop that program, or choose another port: \`PORT=${port + 1} npm start\`.`);
}
