import type { DataDir } from './data-dir.js';
import { StackFailure } from './failure.js';
import { currentHolder } from './lock.js';
import { isRunning, signalProcess } from './running.js';
import { waitUntil } from './wait.js';

/** Ends the stack of this data folder, if it runs. */
export async function stop(dataDir: DataDir): Promise<void> {
  const holder = currentHolder(dataDir.file('launcher.lock'));
  if (!holder) return void process.stdout.write(`Parley does not run on ${dataDir.path}\n`);
  signalProcess(holder.pid, 'SIGTERM');
  const gone = (): boolean => !isRunning(holder.pid, holder.identity);
  if (!(await waitUntil(gone, 12_000))) signalProcess(holder.pid, 'SIGKILL'); // its lifeline stops the rest
  process.stdout.write('stopped; the data is kept\n');
}

/** Forgets all data of this folder. */
export function reset(dataDir: DataDir): void {
  const holder = currentHolder(dataDir.file('launcher.lock'));
  if (holder) throw new StackFailure(`Parley runs on ${dataDir.path} (launcher ${holder.pid})`, 'Stop it first: `npm run stack -- stop`.');
  if (!dataDir.exists()) return void process.stdout.write(`There is no data in ${dataDir.path}\n`);
  dataDir.clear();
  process.stdout.write(`All data of ${dataDir.path} is gone; the next \`npm start\` begins anew\n`);
}
