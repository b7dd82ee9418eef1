import { AppError } from '@parley/dto';

/** `retryAt`: when a slot is free at the latest; null where no waiting helps. */
interface Reached {
  limit: number;
  current: number;
  retryAt: string | null;
}

export const limitReached = (reached: Reached) => new AppError('conflict', 'call.limit', `You have ${reached.current} ongoing calls of at most ${reached.limit}.`, { ...reached });
export const orgLimitReached = (reached: Reached) =>
  new AppError('conflict', 'call.org_limit', `Your organisation has ${reached.current} ongoing calls of at most ${reached.limit}.`, { ...reached });
export const numberInvalid = (max: number) => new AppError('invalid', 'call.number', `number must be given once, as text of 1 to ${max} characters, none of them a control character.`);
export const autoEndInvalid = () => new AppError('invalid', 'call.auto_end', 'autoEnd must be true or false.');
export const noUser = () => new AppError('forbidden', 'call.no_user', 'Calls are placed for a user: this token was given to the application itself. Have the user log in.');
