import { AppError } from '@parley/dto';

/** Alike for a name never used and another org's. */
export const sessionNotFound = () => new AppError('not_found', 'session.not_found', 'There was never a session of this name.');
