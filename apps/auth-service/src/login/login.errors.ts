import { AppError } from '@parley/dto';

/** Alike for an unknown name, a wrong password, and a disabled user. */
export const badCredentials = () => new AppError('forbidden', 'invalid_credentials', 'Username or password is wrong. Please try again.');

export const credentialsMissing = () => new AppError('invalid', 'invalid_request', 'username and password must be there');
