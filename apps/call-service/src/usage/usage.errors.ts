import { AppError } from '@parley/dto';

export const noDays = () => new AppError('invalid', 'usage.range', 'There is no day from `from` on and before `to`. Give a later `to`.');

/** It would be asked again and never answered, so it is no failure that passes. */
export const tooManyRecords = () =>
  new AppError('unprocessable', 'usage.too_many_records', 'These days have more records than can be read for one answer. Ask for fewer days with `from` and `to`: a month at a time, or a day.');
