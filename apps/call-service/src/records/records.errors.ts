import { AppError } from '@parley/dto';

/** Alike for an unknown id and another org's, so that nobody learns what others have. */
export const callNotFound = () => new AppError('not_found', 'call.not_found', 'There is no such call.');
