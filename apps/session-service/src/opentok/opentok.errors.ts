import { AppError } from '@parley/dto';

/** Alike for one that is not there and another org's. */
export const opentokSessionNotFound = () => new AppError('not_found', 'opentok.session_not_found', 'This server has not created such a session.');
export const opentokExpiresAt = () => new AppError('invalid', 'opentok.expires_at', 'expiresAt must be later than now and at most 30 days ahead, in epoch seconds.');
/** Alike for every reason. */
export const opentokToken = () => new AppError('unauthenticated', 'opentok.token', 'This is not a token for the session.');
export const opentokAuth = () => new AppError('unauthenticated', 'opentok.auth', 'Send X-OPENTOK-AUTH: a JWT of your API key, signed with its secret, that has not expired.');
export const anonymousRefused = () => new AppError('unauthenticated', 'token.missing', 'Send an access token: Authorization: Bearer <token>.');
