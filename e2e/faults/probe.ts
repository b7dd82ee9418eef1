/** What the test builds of the services call at the places that `patches.ts` names. Nothing in production knows of it. */
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from './load/random.js';

const { FAULT_FOLDER: folder = '', FAULT_PROCESS: name = '' } = process.env;
export const fileOf = (place: string): string => join(folder, `${name}@${place.replaceAll(/[^a-z]+/g, '-')}`);

export const isArmed = (place: string): boolean => folder !== '' && existsSync(fileOf(place));

/** Dies here and now, if somebody waits for that; the file that says so is renamed, so it happens once. */
export function crashPoint(place: string): void {
  if (!isArmed(place)) return;
  try {
    renameSync(fileOf(place), `${fileOf(place)}.hit`);
  } catch {
    return; // another copy was quicker
  }
  process.kill(process.pid, 'SIGKILL');
}

/** Waits here for a while, at most so many ms, as long as somebody wants that. */
export async function pausePoint(place: string, atMostMs: number): Promise<void> {
  const random = randomAt(place);
  if (random) await new Promise((resolve) => setTimeout(resolve, random.between(0, atMostMs)));
}

const randoms = new Map<string, Random>();

/** The numbers that belong to the seed with which somebody has armed the place; undefined if nobody has. */
export function randomAt(place: string): Random | undefined {
  const seed = seedAt(place);
  if (seed === undefined) return undefined;
  const random = randoms.get(place + seed) ?? new Random(Number(seed));
  randoms.set(place + seed, random);
  return random;
}

function seedAt(place: string): string | undefined {
  if (!isArmed(place)) return undefined;
  try {
    return readFileSync(fileOf(place), 'utf8');
  } catch {
    return undefined; // no more
  }
}
