import { AppError } from '@parley/dto';

/** Alike for one that is not there and one that the caller does not administer. */
export const orgNotFound = () => new AppError('not_found', 'org.not_found', 'There is no such organisation.');
export const userNotFound = () => new AppError('not_found', 'user.not_found', 'There is no such user.');
export const clientsOnly = () => new AppError('forbidden', 'admin.client_only', 'A client administers its org for itself, never in the name of a user.');
