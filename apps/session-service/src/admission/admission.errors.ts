import { AppError } from '@parley/dto';

/** The same for a ban and a revocation; who is banned for a time is told until when. */
export const linkRevoked = (retryAt?: string) => new AppError('forbidden', 'link.revoked', 'This link does not work any more.', retryAt === undefined ? undefined : { retryAt });
export const linkExpired = () => new AppError('forbidden', 'link.expired', 'This link has expired.');
export const linkNotYetValid = (retryAt: string) => new AppError('forbidden', 'link.not_yet_valid', 'It is too early for this link.', { retryAt });
export const subscriptionInactive = () => new AppError('forbidden', 'subscription.inactive', 'There is no active subscription for this link.');

/** What a limit permits, what there is, and when there may be room again if nobody prolongs their stay. */
export interface LimitReached {
  limit: number;
  current: number;
  retryAt?: string;
}

export const subscriptionBusy = (reached: LimitReached) => new AppError('conflict', 'subscription.busy', 'The subscription is in another session.', { ...reached });
export const sessionFull = (reached: LimitReached) => new AppError('conflict', 'session.full', `The session already has ${reached.limit} participants.`, { ...reached });
