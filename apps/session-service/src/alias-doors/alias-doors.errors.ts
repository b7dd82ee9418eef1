import { AppError } from '@parley/dto';

/** Not there, or expired: told to who showed no token. `alias.not_found` is told to who did. */
export const aliasUnknown = () => new AppError('invalid', 'alias.unknown', 'There is no such alias.');
/** Nothing was shown that opens it; what was shown besides a token is not told apart. */
export const aliasProtected = () => new AppError('invalid', 'alias.protected', 'This alias is protected.');
export const aliasToken = () => new AppError('unauthenticated', 'alias.token', 'This token does not open the alias.');
export const guessesUsedUp = (retryAt: Date) =>
  new AppError('rate_limited', 'alias.guesses', 'Too many wrong passcodes. Try again later.', { retryAt: retryAt.toISOString() });
