import { z } from 'zod';

/** The last second of the year 9999: later ones have no ISO 8601 form of four digits. */
const LATEST = 253_402_300_799;

const toInstant = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** A time as clients give it in JSON: epoch seconds. */
export const EpochSeconds = z.number().min(0).max(LATEST).transform(toInstant);

/** The same in a query string. */
export const EpochText = z
  .string('must be given once')
  .regex(/^\d{1,12}$/, 'must be epoch seconds')
  .transform(Number)
  .pipe(z.number().max(LATEST))
  .transform(toInstant);
