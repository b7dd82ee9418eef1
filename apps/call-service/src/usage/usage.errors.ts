import { AppError } from '@parley/dto';

export const noDays = () => new AppError('invalid', 'usage.range', 'There is no day from `from` on and before `to`. Give a later `to`.');
