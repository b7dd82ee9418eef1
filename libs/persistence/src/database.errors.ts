import { AppError, unavailable } from '@parley/dto';

const sqlStates = {
  serializationFailure: '40001',
  deadlock: '40P01',
  queryCanceled: '57014',
  lockNotAvailable: '55P03',
} as const;

/** Codes of node's own network errors; a SQLSTATE is five characters and never looks like one. */
const networkCode = /^E[A-Z_]{4,}$/;
/** SQLSTATE classes: 08 connection exception, 53 out of resources (connections), 57P operator intervention (restart, crash). */
const connectionState = /^(08|53|57P)/;
/** What pg and its pool say without any code. */
const connectionText = /connection terminated|connection error|timeout exceeded when trying to connect|client has encountered|read timeout|not queryable|pool after calling end/i;

const codeOf = (error: unknown): string => {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
};
const textOf = (error: unknown): string => (error instanceof Error ? error.message : '');

/** The connection is gone or can't be had; nothing that was in flight on it has an answer. */
export const isConnectionFailure = (error: unknown): boolean => {
  const code = codeOf(error);
  if (error instanceof AggregateError) return error.errors.some(isConnectionFailure);
  return networkCode.test(code) || connectionState.test(code) || (code === '' && connectionText.test(textOf(error)));
};

/** PostgreSQL undid the transaction for the sake of another one: running it again is right. */
export const isRetryable = (error: unknown): boolean => [sqlStates.serializationFailure, sqlStates.deadlock].some((state) => state === codeOf(error));

const isTimeout = (error: unknown): boolean => [sqlStates.queryCanceled, sqlStates.lockNotAvailable].some((state) => state === codeOf(error));

/** Why is kept for the log, not for the caller. */
export const databaseUnavailable = (cause?: unknown): AppError => Object.assign(unavailable('The database'), { cause });

/** COMMIT was sent and nothing came back: the work may have been done. */
export const commitUnknown = (cause: unknown): AppError => Object.assign(unavailable('The database', { outcome: 'unknown' }), { cause });

/** The caller's time is up (or our own limit for one statement); everything was rolled back. */
export const deadlinePassed = (): AppError => new AppError('unavailable', 'deadline.passed', 'There was no time left to do this. Nothing was changed; try again.');

/** What a caller may learn of a failure of PostgreSQL; anything that is not about reaching it stays what it is. */
export const toAppError = (error: unknown): unknown => {
  if (error instanceof AppError) return error;
  if (isTimeout(error)) return deadlinePassed();
  if (isRetryable(error) || isConnectionFailure(error)) return databaseUnavailable(error);
  return error;
};

export const throwAppError = (error: unknown): never => {
  throw toAppError(error);
};
