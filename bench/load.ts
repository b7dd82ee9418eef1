import { readFileSync } from 'node:fs';
import { Agent, request, type RequestOptions } from 'node:http';
import { type Figures, figuresOf } from './figures.js';

/** One request, again and again. */
export interface Shot {
  url: string;
  options?: RequestOptions;
  body?: string;
  /** The status that counts. */
  wanted: number;
  /** The process that answers, whose CPU time is measured. */
  pid: number;
}

export interface Load {
  clients: number;
  seconds: number;
}

export type LoadFigures = Figures & {
  /** Of the process that answers, user and system, per answer. */
  cpuMicroseconds: number;
};

/** Ticks of Linux's process accounting in a second. */
const TICKS = 100;

/** Microseconds of CPU that the process has used. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
  return ((Number(fields[11]) + Number(fields[12])) / TICKS) * 1e6;
}

/** So many at a time, for so long. */
export async function load(shot: Shot, { clients, seconds }: Load): Promise<LoadFigures> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const latencies: number[] = [];
  let failed = 0;
  const [started, cpu] = [performance.now(), cpuOf(shot.pid)];
  const client = async (): Promise<void> => {
    while (performance.now() - started < seconds * 1000) {
      const sent = performance.now();
      if ((await fire(shot, agent)).status === shot.wanted) latencies.push(performance.now() - sent);
      else failed += 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  agent.destroy();
  const figures = figuresOf(latencies, (performance.now() - started) / 1000, failed);
  return { ...figures, cpuMicroseconds: (cpuOf(shot.pid) - cpu) / Math.max(1, latencies.length) };
}

/** Once. */
export function fire({ url, options = {}, body = '' }: Shot, agent?: Agent): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { ...options, ...(agent ? { agent } : {}) }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk)).once('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
    });
    sent.once('error', reject).end(body);
  });
}
