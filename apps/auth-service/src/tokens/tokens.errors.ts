import { AppError } from '@parley/dto';

/** The failures of RFC 6749, 5.2, under the codes that it gives them. */

/** Alike for an unknown client, a wrong secret, a disabled client or org, and no credentials at all. */
export const invalidClient = () => new AppError('unauthenticated', 'invalid_client', 'Client authentication failed');
export const invalidRequest = (message: string) => new AppError('invalid', 'invalid_request', message);
export const unsupportedGrantType = () => new AppError('invalid', 'unsupported_grant_type', 'This grant type is not supported');
export const unauthorizedClient = () => new AppError('invalid', 'unauthorized_client', 'The client may not use this grant type');
export const invalidScope = () => new AppError('invalid', 'invalid_scope', 'The client may not have a scope that it asks for');
export const unsupportedResponseMode = () => new AppError('invalid', 'unsupported_response_mode', 'The response_mode must be query or fragment');
/** What the engine says, in its own code. */
export const refusedByEngine = (code: string, message: string) => (code === 'invalid_client' ? invalidClient() : new AppError('invalid', code, message));

/** 413 and 415 are no kinds of failure elsewhere: the renderer takes the status from here. */
export const bodyTooLarge = () => new AppError('invalid', 'invalid_request', 'The body is too large', { status: 413 });
export const notAForm = () => new AppError('invalid', 'invalid_request', 'The body must be application/x-www-form-urlencoded', { status: 415 });
