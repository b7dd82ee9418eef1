import { AppError } from '@parley/dto';

export const windowInvalid = () => new AppError('invalid', 'session.window', 'The window must close after it opens.');
export const windowIsPlanned = () => new AppError('conflict', 'session.scheduled', 'This session was planned: its window is its start_time and end_time. Change those.');
