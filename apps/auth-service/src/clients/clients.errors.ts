import { AppError } from '@parley/dto';

/** Alike for an unknown id and another org's, so that nobody learns what others have. */
export const clientNotFound = () => new AppError('not_found', 'client.not_found', 'There is no such API client.');
