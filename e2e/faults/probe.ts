/** What the test builds of the services call at the places that `patches.ts` names. Nothing in production knows of it. */
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';

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
  if (isArmed(place)) await new Promise((resolve) => setTimeout(resolve, Math.random() * atMostMs));
}
