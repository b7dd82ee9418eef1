import { AppError } from '@parley/dto';

export const sessionTimes = (message: string) => new AppError('invalid', 'session.times', message);
/** 401, as the API has it for what was cancelled (coviu.md, "The later Coviu sessions API"). */
export const sessionCancelledAlready = () => new AppError('unauthenticated', 'session.cancelled', 'The session was cancelled.');
export const sessionStartedAlready = () => new AppError('conflict', 'session.started', 'The session has started. It can’t be cancelled any more.');
export const sessionFinished = () => new AppError('conflict', 'session.finished', 'The session is over. It can’t be changed any more.');
