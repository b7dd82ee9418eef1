import { AppError } from '@parley/dto';

export const linkRevoked = () => new AppError('forbidden', 'link.revoked', 'This link does not work any more.');
export const linkExpired = () => new AppError('forbidden', 'link.expired', 'This link has expired.');
export const linkNotYetValid = (retryAt: string) => new AppError('forbidden', 'link.not_yet_valid', 'It is too early for this link.', { retryAt });
export const subscriptionInactive = () => new AppError('forbidden', 'subscription.inactive', 'There is no active subscription for this link.');
export const subscriptionBusy = () => new AppError('conflict', 'subscription.busy', 'The subscription is in another session.');
export const sessionFull = (limit: number, current: number) =>
  new AppError('conflict', 'session.full', `The session already has ${limit} participants.`, { limit, current });
