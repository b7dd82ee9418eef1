import { AppError } from '@parley/dto';

/** Alike for one that is over, was revoked, is another org's or never was. */
export const tokenNotFound = () => new AppError('not_found', 'token.not_found', 'There is no such access token.');
