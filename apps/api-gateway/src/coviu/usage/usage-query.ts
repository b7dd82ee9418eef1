import { DayStart, type UsageGrouping } from '@parley/dto';
import { z } from 'zod';
import { PageQuery } from '../page-query.js';

const Day = z.string('must be given once').regex(/^\d{1,15}$/, 'must be whole epoch seconds').transform(Number).pipe(DayStart);

/** The days that are asked about: from the first on, before the second. */
export const DaysQuery = z.object({ from: Day.optional(), to: Day.optional() });
export type DaysQuery = z.output<typeof DaysQuery>;

const NOT_A_GROUPING = 'must be subscription, month, day, or subscription and one of the other two with a comma between';

const GroupBy = z
  .string('must be given once')
  .transform((text) => text.split(','))
  .refine((names) => new Set(names).size === names.length && names.every((name) => ['subscription', 'month', 'day'].includes(name)), NOT_A_GROUPING)
  .refine((names) => !(names.includes('month') && names.includes('day')), NOT_A_GROUPING)
  .default(['subscription', 'month']);

export const UsageQuery = PageQuery.extend({ ...DaysQuery.shape, group_by: GroupBy });
export type UsageQuery = z.output<typeof UsageQuery>;

export const groupingOf = (names: readonly string[]): UsageGrouping => ({
  subscription: names.includes('subscription'),
  period: names.includes('month') ? 'month' : names.includes('day') ? 'day' : null,
});

/** As the links of a page repeat it. */
export const filterOf = ({ from, to, group_by }: UsageQuery): Record<string, string | undefined> => ({ from: from?.toString(), to: to?.toString(), group_by: group_by.join(',') });
