import { AppError } from '@parley/dto';

/** Alike for one that is not there and another org's. */
export const aliasNotFound = () => new AppError('not_found', 'alias.not_found', 'There is no such alias.');
export const streamRefused = () => new AppError('forbidden', 'alias.stream_refused', 'This key may not publish at this alias.');
