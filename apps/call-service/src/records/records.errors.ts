import { AppError } from '@parley/dto';

/** Alike for an unknown id and another org's, so that nobody learns what others have. */
export const callNotFound = () => new AppError('not_found', 'call.not_found', 'There is no such call.');

/** An event came before the one that it builds on, or that one is too old to be told again: the bus tries again later. */
export const notKnownYet = (what: string) => new AppError('not_found', 'call.not_known_yet', `Nothing is known yet of ${what}.`);
