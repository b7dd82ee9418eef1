import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { dirname, join } from 'node:path';
import { checkout } from '@parley/testing';
import type { Result } from './run.js';

export interface Versions {
  postgres: string;
  nats: string;
}

/** All that is known of one run of the whole set; kept while it lasts, so that it can be resumed. */
export interface Findings {
  results: Result[];
  skipped: string[];
  versions: Versions | undefined;
}

const kept = join(checkout, 'dist', 'faults.json');

export const noFindings = (): Findings => ({ results: [], skipped: [], versions: undefined });

export function keptFindings(): Findings {
  return existsSync(kept) ? (JSON.parse(readFileSync(kept, 'utf8')) as Findings) : noFindings();
}

export function keep(findings: Findings): void {
  mkdirSync(dirname(kept), { recursive: true });
  writeFileSync(kept, JSON.stringify(findings));
}

const seconds = (ms: number): string => (ms / 1_000).toFixed(1);
const isPlanted = ({ fault }: Result): boolean => fault.startsWith('planted: ');

const row = (r: Result): string =>
  `| ${r.fault} | ${r.seed} | ${r.writes} | ${r.unknown} | ${r.lost} | ${r.duplicatesSeen} | ${r.duplicateEffects} | ${seconds(r.longestUnavailability)} | ${seconds(r.drain)} |`;

const noticed = (r: Result): string => `| ${r.fault.replace('planted: ', '')} | ${r.seed} | ${r.violations.map(({ rule, shown }) => `${rule} (${shown.length})`).join(', ') || 'not noticed'} |`;

const red = (r: Result): string => `- ${r.fault}, seed ${r.seed}: ${[...r.violations.map(({ rule }) => rule), ...r.vacuous.map((what) => `never seen: ${what}`)].join('; ')}`;

/** Of each flow of the load how often it was acknowledged, over all runs. */
function loadOf(results: readonly Result[]): string {
  const counts = new Map<string, number>();
  for (const [answer, times] of results.flatMap(({ answers }) => Object.entries(answers))) {
    const [, flow] = /^(.*): 2\d\d$/.exec(answer) ?? [];
    if (flow !== undefined) counts.set(flow, (counts.get(flow) ?? 0) + times);
  }
  return [...counts].sort(([one], [other]) => (one < other ? -1 : 1)).map(([flow, times]) => `${flow} ${times}`).join(', ');
}

const section = (title: string, lines: readonly string[]): string => (lines.length === 0 ? '' : `\n## ${title}\n\n${lines.join('\n')}\n`);

/** docs/reliability.md. */
export function reliabilityPage({ results, skipped, versions }: Findings): string {
  const faults = results.filter((result) => !isPlanted(result));
  const bad = faults.filter(({ violations, vacuous }) => violations.length + vacuous.length > 0);
  return `<!-- Written by \`npm run faults\`. Do not edit. -->
# Reliability

Real writes over HTTP, a fault in the middle, and then the question whether what clients were told is what the databases and streams hold. The
writes are subscriptions that come and go, entries by session link, by alias (passcode and JWT) and by OpenTok token, heartbeats, leaving, ended
sessions, aliases, OpenTok sessions and tokens, calls that are placed, answered and stopped, and API clients that come and go. An answer 503
or none counts as unknown: it may have happened or not. A run is red if an acknowledged write is lost or one is invented, if state and outbox
disagree (slots of calls and the audit log included), if an event misses a stream, a consumer or its place in the order of its aggregate, if an
effect happens twice or by a copy that was replaced, or if anything stays parked. It is red, too, if what makes the fault hard never came about.

PostgreSQL ${versions?.postgres ?? '?'}, NATS ${versions?.nats ?? '?'}, Node.js ${process.versions.node}, Linux ${release()}, ${cpus().length} cores. Times in seconds.
"Unavailable" is the longest time without any acknowledged write, "drain" the time from the end of the load until everything had arrived.
"Duplicates seen" are events that came to a consumer which had them already, of all consumers.

| fault | seed | writes | unknown | lost | duplicates seen | duplicate effects | unavailable | drain |
|---|---|---|---|---|---|---|---|---|
${faults.map(row).join('\n')}

${faults.length} runs, ${faults.length - bad.length} green. Acknowledged in all of them: ${loadOf(faults)}.
${section('Red', bad.map(red))}${section('Skipped on this machine', skipped.map((name) => `- ${name}`))}
## The checker, checked

Each of these mistakes is put into one process; a run has to notice it.

| planted defect | seed | noticed as |
|---|---|---|
${results.filter(isPlanted).map(noticed).join('\n')}
`;
}

/** @param order names of faults */
export function writePage(findings: Findings, order: readonly string[]): void {
  const results = findings.results.toSorted((one, other) => order.indexOf(one.fault) - order.indexOf(other.fault) || one.seed - other.seed);
  writeFileSync(join(checkout, 'docs', 'reliability.md'), reliabilityPage({ ...findings, results }));
}
