import { AppError } from '@parley/dto';

export const tokenTwice = () => new AppError('invalid', 'token.twice', 'The request holds two different tokens. Send one, in one place (RFC 6750, 2).');
export const tokenPlace = () => new AppError('unauthenticated', 'token.place', 'This application may not send its token in a query string or form. Send Authorization: Bearer <token>.');
export const noUser = () => new AppError('forbidden', 'call.no_user', 'Calls are placed for a user: this token was given to the application itself. Have the user log in.');
export const tokenCallMissing = () => new AppError('invalid', 'call.token_call', 'token_call must be given once, as text.');
export const bodyTypeUnsupported = () => new AppError('invalid', 'request.media_type', 'Send the body as application/x-www-form-urlencoded or application/json.');
export const formMalformed = () => new AppError('invalid', 'request.form', 'The body is not a well-formed form in UTF-8.');
