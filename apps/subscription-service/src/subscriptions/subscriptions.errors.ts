import { AppError } from '@parley/dto';

export const refTaken = (ref: string) => new AppError('conflict', 'subscription.ref_taken', 'There is an active subscription with this ref already.', { ref });

/** Alike for an unknown id and another org's, so that nobody learns what others have. */
export const subscriptionNotFound = () => new AppError('not_found', 'subscription.not_found', 'There is no such subscription.');
