// npm run faults [-- --only <part of a name>[|<another>...]] [--seeds <n>] [--resume]: every fault with several seeds, and docs/reliability.md.
// --resume: what an earlier run has done is not done again, but for runs that showed nothing. --only: those faults, and nothing is written;
// with --resume they are done anew, and stand in the page beside what was there.
import { planted, withDefect } from './planted.js';
import { faults } from './cases/index.js';
import { Bed, ordinary } from './bed/bed.js';
import { lackFor } from './bed/disk.js';
import { type Fault, type Result, run } from './run.js';
import { keep, keptFindings, missingIn, neverTold, noFindings, type Trial, writePage } from './report.js';

const option = (name: string): string | undefined => (process.argv.includes(`--${name}`) ? process.argv[process.argv.indexOf(`--${name}`) + 1] : undefined);
const only = option('only')?.toLowerCase().split('|');
const seeds = Number(option('seeds') ?? 3);
const resumes = process.argv.includes('--resume');
const recorded = only === undefined || resumes;
const isWanted = (name: string): boolean => only === undefined || only.some((part) => name.toLowerCase().includes(part));
const findings = resumes ? keptFindings() : noFindings();
findings.results = findings.results.filter(({ fault, vacuous }) => vacuous.length === 0 && (only === undefined || !isWanted(fault)));
findings.skipped = findings.skipped.filter((name) => !isWanted(name));
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Far more than any run takes that takes place at all. */
const LONGEST_RUN_MS = 300_000;
const LONGEST_STOP_MS = 30_000;
/** Of what the processes have logged as warnings and errors, after a run that is not as it should be. */
const LINES_SHOWN = 40;

let bed: Bed | undefined;
const wantedBy = (fault: Fault): string => JSON.stringify({ ...ordinary, ...fault.bed });

/** Beds are shared by neighbours, and thrown away after a red run. */
async function bedFor(fault: Fault): Promise<Bed> {
  if (bed && JSON.stringify(bed.options) === wantedBy(fault)) return bed;
  await leaveBed();
  bed = await Bed.make({ ...ordinary, ...fault.bed });
  findings.versions = { postgres: bed.postgres.version, nats: bed.broker.first.version };
  return bed;
}

async function leaveBed(): Promise<void> {
  const left = bed;
  bed = undefined;
  if (left) await within(LONGEST_STOP_MS, left.stop()).catch((error: unknown) => say(`not all of a bed was stopped: ${String(error)}`));
}

function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout;
  const tooLate = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new Error(`not within ${ms / 1_000} s`)), ms)));
  return Promise.race([work, tooLate]).finally(() => clearTimeout(timer));
}

/** @param noticedAs the rule by which a planted defect must be noticed */
function verdictOf({ violations, vacuous }: Result, noticedAs: string | undefined): string {
  if (vacuous.length > 0) return 'VACUOUS';
  if (noticedAs !== undefined) return violations.some(({ rule }) => rule === noticedAs) ? 'ok' : 'NOT NOTICED';
  return violations.length > 0 ? 'RED' : 'ok';
}

async function tryOne(fault: Fault, seed: number, noticedAs?: string): Promise<void> {
  const result = await within(LONGEST_RUN_MS, run(fault, seed, await bedFor(fault)));
  findings.results.push(result);
  if (recorded) keep(findings);
  const verdict = verdictOf(result, noticedAs);
  const { writes, unknown, lost, duplicatesSeen, duplicateEffects, drain, longestUnavailability, seconds, counters } = result;
  say(`${verdict} ${fault.name} #${seed}: ${JSON.stringify({ writes, unknown, lost, duplicatesSeen, duplicateEffects, unavailable: Math.round(longestUnavailability), drain: Math.round(drain), seconds: Math.round(seconds), counters })}`);
  result.violations.forEach(({ rule, shown }) => say(`    ${rule} (${shown.length}): ${shown.slice(0, 4).join(' | ')}`));
  result.vacuous.forEach((what) => say(`    never seen: ${what}`));
  if (process.env['FAULTS_VERBOSE']) say(JSON.stringify(result.answers));
  if (verdict === 'ok') return;
  process.exitCode = 1;
  warnings(bed?.logs() ?? '').forEach(say);
  await leaveBed();
}

const timeOf = (line: string): string => /"time":"([^"]+)"/.exec(line)?.[1] ?? '';

/** The last ones, of all processes. */
function warnings(logs: string): string[] {
  const lines = logs.split('\n').filter((line) => /"level":"(warn|error)"/.test(line));
  return lines.sort((one, other) => (timeOf(one) < timeOf(other) ? -1 : 1)).slice(-LINES_SHOWN);
}

const isDone = (name: string, seed: number): boolean => findings.results.some((result) => result.fault === name && result.seed === seed);

async function tryAll({ fault, noticedAs, seeds }: Planned): Promise<void> {
  const lacking = lackFor(fault.bed.disks ?? 'none');
  if (lacking !== undefined) {
    say(`skipped: ${fault.name} (needs ${lacking})`);
    findings.skipped.push(fault.name);
    return;
  }
  for (let seed = 1; seed <= seeds; seed++) {
    if (isDone(fault.name, seed)) continue;
    await tryOne(fault, seed, noticedAs).catch(async (error: unknown) => {
      say(`FAILED ${fault.name} #${seed}: ${error instanceof Error ? error.stack : String(error)}`);
      process.exitCode = 1;
      await leaveBed();
    });
  }
}

interface Planned {
  fault: Fault;
  noticedAs?: string;
  seeds: number;
}

/** A mistake has to be noticed once. */
const trials: Planned[] = [...faults.map((fault) => ({ fault, seeds })), ...planted.map((mistake) => ({ fault: withDefect(mistake), noticedAs: mistake.noticedAs, seeds: 1 }))];
const beds = trials.map(({ fault }) => wantedBy(fault));
const byBed = trials.toSorted((one, other) => beds.indexOf(wantedBy(one.fault)) - beds.indexOf(wantedBy(other.fault)));
for (const trial of byBed) if (isWanted(trial.fault.name)) await tryAll(trial);
await leaveBed();
if (recorded) {
  const all: Trial[] = trials.map(({ fault, seeds: most }) => ({ fault: fault.name, seeds: most }));
  if (missingIn(findings, all).length + neverTold(findings).length > 0) process.exitCode = 1;
  writePage(findings, all);
}
