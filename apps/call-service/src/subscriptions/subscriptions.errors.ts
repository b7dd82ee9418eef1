import { AppError } from '@parley/dto';

/** The event of its creation is still to come, or too old to be told again: the bus tries again later. */
export const subscriptionNotKnownYet = (id: string) => new AppError('not_found', 'subscription.not_known_yet', `Nothing is known yet of subscription ${id}.`);
