import { AppError } from '@parley/dto';

export const entryNotFound = () => new AppError('not_found', 'entry.not_found', 'There is no such entry.');
export const entryTokenMismatch = () => new AppError('unauthenticated', 'entry.token', 'This is not the token of that entry.');
export const entryEnded = () => new AppError('conflict', 'entry.ended', 'The entry has ended. Enter again by the link.');
