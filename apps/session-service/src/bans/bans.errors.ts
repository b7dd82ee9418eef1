import { AppError } from '@parley/dto';

export const banNotFound = () => new AppError('not_found', 'ban.not_found', 'There is no such ban.');
export const banPast = () => new AppError('invalid', 'ban.past', 'The ban would be over already: `until` must be in the future.');
export const entryNotFound = () => new AppError('not_found', 'entry.not_found', 'There is no such entry.');
