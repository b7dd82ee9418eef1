import { AppError } from '@parley/dto';

export const orgNotFound = () => new AppError('not_found', 'org.not_found', 'There is no such organisation.');
