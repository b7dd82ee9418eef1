import { AppError } from '@parley/dto';

export const refusalNotFound = () => new AppError('not_found', 'refusal.not_found', 'There is no such refusal, or it is no longer kept.');
