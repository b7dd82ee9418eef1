import { AppError } from '@parley/dto';

/** What is refused in ClickToCall's flow, by the statuses of click-to-call.md and, where it has one, the code of RFC 6749. */

export const parameterMissing = (name: string) => new AppError('invalid', 'invalid_request', `${name} is missing`);
export const challengeUnusable = () => new AppError('invalid', 'invalid_request', 'code_challenge must be a SHA-256 in base64url, with code_challenge_method=S256');
export const responseTypeUnknown = () => new AppError('invalid', 'unsupported_response_type', 'response_type must be code or token');
export const grantTypeUnknown = () => new AppError('invalid', 'unsupported_grant_type', 'grant_type must be authorization_code');
export const scopeRefused = () => new AppError('invalid', 'invalid_scope', 'The application may not have a scope that it asks for');

/** Alike for an unknown client, a disabled one, one of a disabled org, and one that is not for this flow. */
export const clientRefused = () => new AppError('forbidden', 'unauthorized_client', 'There is no such application here, or it may not sign people in');
/** Nobody is ever sent to an address that was not registered. */
export const redirectRefused = () => new AppError('forbidden', 'invalid_redirect_uri', 'redirect_uri is not one that is registered for the application, character by character');
export const implicitOff = () => new AppError('forbidden', 'unauthorized_client', 'The application may not get a token without a code');
export const loginRequired = () => new AppError('forbidden', 'login_required', 'You are not signed in any more. Go back to the application and start again.');
/** Alike for a wrong secret, and a code that is wrong, over, used, another client's or another address's. */
export const exchangeRefused = () => new AppError('forbidden', 'access_denied', 'The client, its secret, the code or the redirect_uri is wrong, or the code is over or used');
