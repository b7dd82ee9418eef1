import { AppError } from '@parley/dto';

/** Draft-ietf-httpapi-idempotency-key-header, 2.7: the first request is still in work. Nobody waits for it: it may fail. */
export const inProgress = () =>
  new AppError('conflict', 'idempotency.in_progress', 'The first request with this Idempotency-Key is still being worked on. Send this one again in a moment.');

/** The same draft: the key was used for something else. */
export const keyReused = () =>
  new AppError('unprocessable', 'idempotency.mismatch', 'This Idempotency-Key came with another request before. Take a new key for a new request.');

/** It took effect and must not do so again, and what it answered may not be told any more. */
export const secretGone = () =>
  new AppError('conflict', 'idempotency.secret_gone', 'This request took effect before. Its answer holds a secret, which is not told again after 10 minutes, or when the key that sealed it is gone.');
