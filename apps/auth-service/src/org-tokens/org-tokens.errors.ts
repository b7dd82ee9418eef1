import { AppError } from '@parley/dto';

export const orgTokenNotFound = () => new AppError('not_found', 'org_token.not_found', 'There is no such token.');
