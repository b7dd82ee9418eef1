import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { dirname, join } from 'node:path';
import { checkout } from '@parley/testing';
import { broughtAbout } from './check/facts.js';
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

/** What belongs on the page: a fault, or a planted defect, with the seeds from 1. */
export interface Trial {
  fault: string;
  seeds: number;
}

/** Runs that were neither done nor skipped, because something failed before they could show anything. */
export function missingIn({ results, skipped }: Findings, trials: readonly Trial[]): string[] {
  const done = new Set(results.map(({ fault, seed }) => `${fault}, seed ${seed}`));
  const due = trials.filter(({ fault }) => !skipped.includes(fault));
  return due.flatMap(({ fault, seeds }) => Array.from({ length: seeds }, (_, n) => `${fault}, seed ${n + 1}`)).filter((run) => !done.has(run));
}

/** Events that the load is there to bring about, and that no run has told. */
export function neverTold({ results }: Findings): string[] {
  const told = new Set(results.flatMap((result) => result.told));
  return broughtAbout.filter((subject) => !told.has(subject));
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
export function reliabilityPage(findings: Findings, trials: readonly Trial[]): string {
  const { results, skipped, versions } = findings;
  const faults = results.filter((result) => !isPlanted(result));
  const bad = faults.filter(({ violations, vacuous }) => violations.length + vacuous.length > 0);
  return `<!-- Written by \`npm run faults\`. Do not edit. -->
# Reliability

Real writes over HTTP, a fault in the middle, and then the question whether what clients were told is what the databases and streams hold. The
writes are subscriptions that come and go, entries by session link, by alias (passcode and JWT) and by OpenTok token, heartbeats, changed roles,
leaving, bans, ended sessions, settings of sessions, planned sessions and invitations, aliases, OpenTok sessions and tokens, calls that are
placed, answered and stopped, and API clients that come and go. An answer 503 or none counts as unknown: it may have happened or not. A run is
red if an acknowledged write is lost or one is invented, if state and outbox disagree, if an event misses a stream, a consumer or its place in
the order of its aggregate, if an effect is missing, happens twice or by a copy that was replaced (call records, participant-seconds, doors,
slots of calls and the audit log included), or if anything stays parked. It is red, too, if what makes the fault hard never came about.

PostgreSQL ${versions?.postgres ?? '?'}, NATS ${versions?.nats ?? '?'}, Node.js ${process.versions.node}, Linux ${release()}, ${cpus().length} cores. Times in seconds.
"Unavailable" is the longest time without any acknowledged write, "drain" the time from the end of the load until everything had arrived.
"Duplicates seen" are events that came to a consumer which had them already, of all consumers. What is unknown of a full disk comes from the
restart of NATS that ends it: while the disk is full no write may fail. The servers of \`docker-compose.yml\` are newer than those measured here.

| fault | seed | writes | unknown | lost | duplicates seen | duplicate effects | unavailable | drain |
|---|---|---|---|---|---|---|---|---|
${faults.map(row).join('\n')}

${faults.length} runs, ${faults.length - bad.length} green. Acknowledged in all of them: ${loadOf(faults)}.
${section('Red', bad.map(red))}${section('Did not take place', missingIn(findings, trials).map((run) => `- ${run}`))}${section('Events that no run has told', neverTold(findings).map((subject) => `- ${subject}`))}${section('Skipped on this machine', skipped.map((name) => `- ${name}: needs file systems of its own, which this user may not mount here`))}
## The checker, checked

Each of these mistakes is put into one process; a run has to notice it.

| planted defect | seed | noticed as |
|---|---|---|
${results.filter(isPlanted).map(noticed).join('\n')}
`;
}

/** In the order of the trials. */
export function writePage(findings: Findings, trials: readonly Trial[]): void {
  const order = trials.map(({ fault }) => fault);
  const results = findings.results.toSorted((one, other) => order.indexOf(one.fault) - order.indexOf(other.fault) || one.seed - other.seed);
  writeFileSync(join(checkout, 'docs', 'reliability.md'), reliabilityPage({ ...findings, results }, trials));
}
