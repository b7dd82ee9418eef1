// npm run faults [-- --only <part of a name>] [--seeds <n>] [--resume]: every fault with several seeds, and docs/reliability.md.
// With --only nothing is written; with --resume what an interrupted run has done is not done again, but for runs that showed nothing.
import { planted, withDefect } from './planted.js';
import { faults } from './cases/index.js';
import { Bed, ordinary } from './bed/bed.js';
import { canMount } from './bed/disk.js';
import { type Fault, type Result, run } from './run.js';
import { keep, keptFindings, noFindings, writePage } from './report.js';

const option = (name: string): string | undefined => (process.argv.includes(`--${name}`) ? process.argv[process.argv.indexOf(`--${name}`) + 1] : undefined);
const only = option('only')?.toLowerCase();
const seeds = Number(option('seeds') ?? 3);
const findings = process.argv.includes('--resume') ? keptFindings() : noFindings();
findings.results = findings.results.filter(({ vacuous }) => vacuous.length === 0);
findings.skipped = [];
const say = (line: string): void => void process.stdout.write(`${line}\n`);

let bed: Bed | undefined;

/** Beds are shared by neighbours, and thrown away after a red run. */
async function bedFor(fault: Fault): Promise<Bed> {
  const wanted = { ...ordinary, ...fault.bed };
  if (bed && JSON.stringify(bed.options) === JSON.stringify(wanted)) return bed;
  await leaveBed();
  bed = await Bed.make(wanted);
  findings.versions = { postgres: bed.postgres.version, nats: bed.broker.first.version };
  return bed;
}

async function leaveBed(): Promise<void> {
  await bed?.stop();
  bed = undefined;
}

/** @param noticedAs the rule by which a planted defect must be noticed */
function verdictOf({ violations, vacuous }: Result, noticedAs: string | undefined): string {
  if (vacuous.length > 0) return 'VACUOUS';
  if (noticedAs !== undefined) return violations.some(({ rule }) => rule === noticedAs) ? 'ok' : 'NOT NOTICED';
  return violations.length > 0 ? 'RED' : 'ok';
}

async function tryOne(fault: Fault, seed: number, noticedAs?: string): Promise<void> {
  const result = await run(fault, seed, await bedFor(fault));
  findings.results.push(result);
  keep(findings);
  const verdict = verdictOf(result, noticedAs);
  const { writes, unknown, lost, duplicatesSeen, duplicateEffects, drain, longestUnavailability, seconds, counters } = result;
  say(`${verdict} ${fault.name} #${seed}: ${JSON.stringify({ writes, unknown, lost, duplicatesSeen, duplicateEffects, unavailable: Math.round(longestUnavailability), drain: Math.round(drain), seconds: Math.round(seconds), counters })}`);
  result.violations.forEach(({ rule, shown }) => say(`    ${rule} (${shown.length}): ${shown.slice(0, 4).join(' | ')}`));
  result.vacuous.forEach((what) => say(`    never seen: ${what}`));
  if (process.env['FAULTS_VERBOSE']) say(JSON.stringify(result.answers));
  if (verdict === 'ok') return;
  process.exitCode = 1;
  await leaveBed();
}

const isDone = (name: string, seed: number): boolean => findings.results.some((result) => result.fault === name && result.seed === seed);

async function tryAll(fault: Fault, noticedAs?: string): Promise<void> {
  if (fault.mounts && !canMount()) {
    say(`skipped: ${fault.name} (needs root and loop devices)`);
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

const isWanted = ({ name }: Fault): boolean => only === undefined || name.toLowerCase().includes(only);
for (const fault of faults.filter(isWanted)) await tryAll(fault);
for (const mistake of planted) if (isWanted(withDefect(mistake))) await tryAll(withDefect(mistake), mistake.noticedAs);
await leaveBed();
if (only === undefined) writePage(findings);
