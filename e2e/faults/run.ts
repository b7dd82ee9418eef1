import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { absentFrom, check, rule, type Verdict } from './check/checker.js';
import { type Places, readArrivals, readLedger, readStreams } from './check/ledger.js';
import { eventually, type NotYet, notYet, type StoredMessage } from '@parley/testing';
import type { Bed, BedOptions } from './bed/bed.js';
import { settle } from './load/people.js';
import { Random } from './load/random.js';
import { Workload } from './load/workload.js';

/** What a fault may use while it happens. */
export interface Scene {
  bed: Bed;
  seed: number;
  random: Random;
  load: Workload;
  places: Places;
  /** Counts that something rare really occurred; a function is asked once the load has ended, when no answer is outstanding any more. */
  saw(what: string, times?: number | (() => number)): void;
  /** Notes what does not hold of what the fault promises besides: 0 failed writes, for example. A function is asked once the load has ended. */
  broken(what: readonly string[] | (() => readonly string[])): void;
  /** Lets the load go on for that long, in ms. */
  pass(ms: number): Promise<void>;
}

export interface Fault {
  name: string;
  bed: Partial<BedOptions>;
  /** Counters that must not stay zero, or the run has shown nothing. */
  rare: readonly string[];
  /** Its point is that events come again: if none did, the run has shown nothing. */
  repeats?: boolean;
  /** Before the load begins, and after everything was checked. */
  prepare?(bed: Bed): Promise<void>;
  tidy?(bed: Bed): Promise<void>;
  /** Harms and heals; the load goes on all the while. */
  happen(scene: Scene): Promise<void>;
  /** How long it may take until all is quiet again, in ms. */
  patienceMs?: number;
}

export interface Result extends Verdict {
  fault: string;
  seed: number;
  writes: number;
  unknown: number;
  /** ms */
  longestUnavailability: number;
  /** ms */
  drain: number;
  counters: Record<string, number>;
  vacuous: string[];
  /** How often which answer was given. */
  answers: Record<string, number>;
  seconds: number;
}

const WORKERS = 5;
/** Before the fault and after it. */
const CALM_MS = 700;

/** One run: load, harm, heal, wait for quiet, check. Fails only if the run itself could not take place. */
export async function run(fault: Fault, seed: number, bed: Bed): Promise<Result> {
  const began = performance.now();
  await fault.prepare?.(bed);
  const { product, callers } = await eventually(() => settle(bed.system, `${fault.name} ${seed}`, WORKERS), { timeoutMs: 20_000 }); // the fault before may still be felt
  const places: Places = { databaseUrl: bed.databaseUrl, natsUrl: bed.broker.url, orgId: product.org.orgId, seenBefore: await lastSeen(bed), toldBy: 'infinity' };
  const counters: Record<string, number> = Object.fromEntries(fault.rare.map((what) => [what, 0]));
  const load = new Workload(product, callers, seed);
  const later: (() => void)[] = [];
  const saw: Scene['saw'] = (what, times = 1) => {
    if (typeof times === 'function') later.push(() => saw(what, times()));
    else counters[what] = (counters[what] ?? 0) + times;
  };
  const broken: (readonly string[])[] = [];
  const note: Scene['broken'] = (what) => void (typeof what === 'function' ? later.push(() => note(what())) : broken.push(what));
  const scene: Scene = { bed, seed, random: new Random(seed), load, places, saw, broken: note, pass: pause };
  await pause(CALM_MS);
  await fault.happen(scene).catch(async (error: unknown) => {
    await load.stop();
    throw error;
  });
  await pause(CALM_MS);
  await load.stop();
  later.forEach((count) => count());
  const healed = performance.now();
  places.toldBy = await databaseTime(bed);
  const quiet = await untilQuiet(places, fault.patienceMs ?? 40_000);
  const drain = performance.now() - healed;
  const verdict = await check(load.history, places, quiet.stored);
  await fault.tidy?.(bed);
  const own = [...rule('all is quiet in time', quiet.missing === undefined ? [] : [quiet.missing]), ...rule('what the fault promises', broken.flat())];
  return {
    ...verdict,
    violations: [...own, ...verdict.violations],
    fault: fault.name,
    seed,
    writes: load.acknowledged,
    unknown: load.history.count('unknown'),
    longestUnavailability: load.history.longestGap(load.began, load.ended),
    drain,
    counters,
    vacuous: [...fault.rare.filter((what) => !((counters[what] ?? 0) > 0)), ...(fault.repeats && verdict.duplicatesSeen === 0 ? ['events that came again'] : [])],
    answers: load.history.answers(),
    seconds: (performance.now() - began) / 1000,
  };
}

async function databaseTime(bed: Bed): Promise<string> {
  const [row] = await bed.sql<{ now: string }>('select clock_timestamp()::text as now');
  return row?.now ?? 'infinity';
}

async function lastSeen(bed: Bed): Promise<number> {
  const [row] = await bed.sql<{ n: string }>('select coalesce(max(id), 0) as n from witness.seen');
  return Number(row?.n);
}

/** What is in the streams once everything that was told is there and took effect everywhere; otherwise what is still missing. */
interface Quiet {
  stored?: StoredMessage[];
  missing?: string;
}

/** A node of a cluster that has just come back may tell less than there is: what was found once is not read again. */
async function untilQuiet(places: Places, timeoutMs: number): Promise<Quiet> {
  try {
    return { stored: await eventually(() => complete(places), { timeoutMs }) };
  } catch (error) {
    return { missing: error instanceof Error ? error.message : String(error) };
  }
}

async function complete(places: Places): Promise<StoredMessage[] | NotYet> {
  const { missing } = await readArrivals(places);
  if (missing.length > 0) return notYet(`${missing.length} have not arrived: ${missing.slice(0, 3).join('; ')}`);
  const [ledger, stored] = await Promise.all([readLedger(places), readStreams(places)]);
  const unsent = absentFrom(stored, ledger);
  return unsent.length === 0 ? stored : notYet(`${unsent.length} are not in their stream`);
}
