import { AppError } from '@parley/dto';

export const userNotFound = () => new AppError('not_found', 'user.not_found', 'There is no such user.');
export const usernameTaken = () => new AppError('conflict', 'user.username_taken', 'The organisation already has a user of that name.');
