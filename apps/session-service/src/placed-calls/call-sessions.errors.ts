import { AppError } from '@parley/dto';

export const callNotFound = () => new AppError('not_found', 'call.not_found', 'There is no such call.');
