import type { Unit } from './keeper.js';
import type { LogWriter } from './log-writer.js';
import { readableLine } from './readable-log.js';
import { startService } from './service-process.js';
import type { ServiceName } from './services.js';
import { sleep } from './wait.js';

const readyWithinMs = 30_000;
const remembered = 10;

export interface ServiceUnitOptions {
  name: ServiceName;
  env: Record<string, string>;
  log: LogWriter;
  /** Shown at once to whoever sits at the terminal. */
  warn: (text: string) => void;
}

export function serviceUnit({ name, env, log, warn }: ServiceUnitOptions): Unit {
  const lastLines: string[] = [];
  const onLine = (line: string): void => {
    log.write(line);
    const { text, isWorrying } = readableLine(line, name);
    if (isWorrying) warn(text);
    lastLines.splice(0, Math.max(0, lastLines.length - remembered + 1));
    lastLines.push(text);
  };
  return {
    name,
    start: async (adopt) => {
      lastLines.length = 0;
      const { child, ready } = await startService({ name, env, onLine });
      adopt(child);
      const late = sleep(readyWithinMs, { ref: false }).then(() => Promise.reject(new Error(`not ready within ${readyWithinMs / 1000} s`)));
      await Promise.race([ready, late]).catch(async (error: Error) => {
        await child.stop();
        throw new Error([error.message, ...lastLines].join('\n'));
      });
    },
  };
}
