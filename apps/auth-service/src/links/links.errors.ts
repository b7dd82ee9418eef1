import { AppError } from '@parley/dto';

/** Alike for every reason: which of them it was is of use only to someone who tries. */
export const linkInvalid = () => new AppError('unauthenticated', 'link.invalid', 'This link is not valid.');
