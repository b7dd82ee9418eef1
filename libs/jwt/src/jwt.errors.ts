import { AppError } from '@parley/dto';

export const tokenMissing = (): AppError => new AppError('unauthenticated', 'token.missing', 'Send an access token: Authorization: Bearer <token>.');
export const tokenInvalid = (): AppError => new AppError('unauthenticated', 'token.invalid', 'The access token is malformed, expired or unknown. Get a new one.');
export const scopeMissing = (scope: string): AppError => new AppError('forbidden', 'token.scope', `The access token lacks the scope ${scope}.`, { scope });
