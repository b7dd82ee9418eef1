import { AppError } from '@parley/dto';

/** Alike for one that there never was and another org's. */
export const participantNotFound = () => new AppError('not_found', 'participant.not_found', 'There is no such participant.');

/** Word for word what auth-service says of links that it can't verify. */
export const linkInvalid = () => new AppError('unauthenticated', 'link.invalid', 'This link is not valid.');
