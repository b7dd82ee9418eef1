import { AppError } from '@parley/dto';

export const tokenMissing = (): AppError => new AppError('unauthenticated', 'token.missing', 'Send an access token: Authorization: Bearer <token>.');
export const tokenInvalid = (): AppError => new AppError('unauthenticated', 'token.invalid', 'The access token is malformed, expired or unknown. Get a new one.');
export const proofInvalid = (): AppError => new AppError('unauthenticated', 'dpop.invalid', 'The DPoP proof is missing, malformed, used, too old or for another request. Make a new one for each request.');
export const scopeMissing = (scope: string): AppError => new AppError('forbidden', 'token.scope', `The access token lacks the scope ${scope}.`, { scope });

/** For what only the operator's own token does. */
export const operatorOnly = () => new AppError('forbidden', 'admin.operator_only', 'Only the operator may do this.');
