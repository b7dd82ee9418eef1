import { readFileSync } from 'node:fs';
import { freePort, KeptProcess } from '@parley/testing';
import type { BenchStack } from '../stack.js';

export interface Gateway {
  baseUrl: string;
  stop(): Promise<void>;
}

/** One more gateway of the system, in the environment of the first. */
export async function secondGateway(stack: BenchStack): Promise<Gateway> {
  const [port, healthPort] = [await freePort(), await freePort()];
  const env = { ...environmentOf(stack.pidOf('api-gateway')), PORT: String(port), HEALTH_PORT: String(healthPort) };
  const gateway = new KeptProcess('the second gateway', { name: 'api-gateway', env });
  await gateway.start();
  return { baseUrl: `http://127.0.0.1:${port}`, stop: () => gateway.stop() };
}

/** As Linux tells it of a running process. */
const environmentOf = (pid: number): Record<string, string> =>
  Object.fromEntries(readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean).map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
