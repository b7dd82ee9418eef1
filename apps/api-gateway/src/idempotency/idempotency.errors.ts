import { AppError } from '@parley/dto';

export const badIdempotencyKey = (): AppError =>
  new AppError('invalid', 'idempotency.key', 'Send one Idempotency-Key of 1 to 255 printable ASCII characters, and a new one for each new request.');
