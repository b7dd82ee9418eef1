import { MAX_PAGE_COUNT } from '@parley/dto';
import { z } from 'zod';
import { DateText } from './dates.js';

/** Clients write what they leave out as an empty parameter. */
const optional = <T extends z.ZodType>(schema: T) => z.preprocess((value) => (value === '' ? undefined : value), schema.optional());

/** As JavaScript, PHP and Python write it. */
const Flag = z
  .enum(['true', 'false', '1', '0', 'True', 'False'])
  .transform((text) => ['true', '1', 'True'].includes(text));

const Whole = z.string('must be given once').regex(/^\d+$/, 'must be a whole number of 0 or more').transform(Number);

export const DeletedQuery = z.object({ deleted_participants: optional(Flag) }).transform(({ deleted_participants: deleted = false }) => ({ deleted }));
export type DeletedQuery = z.output<typeof DeletedQuery>;

/** A `page_size` beyond the largest is no fault: it becomes that. */
export const SessionsQuery = z
  .object({
    page: optional(Whole.pipe(z.int('is too large'))),
    page_size: optional(Whole.transform((size) => Math.min(size, MAX_PAGE_COUNT)).pipe(z.int().min(1, 'must be at least 1'))),
    start_time: optional(DateText),
    end_time: optional(DateText),
    include_canceled: optional(Flag),
    deleted_participants: optional(Flag),
    order: optional(z.enum(['forward', 'reverse'])),
  })
  .transform(({ page = 0, page_size: count = MAX_PAGE_COUNT, start_time: from, end_time: to, ...query }) => ({
    ...{ page, count, cancelled: query.include_canceled ?? false, deleted: query.deleted_participants ?? false, reverse: query.order === 'reverse' },
    ...(from ? { from: from.at } : {}),
    ...(to ? { to: to.at } : {}),
  }));
export type SessionsQuery = z.output<typeof SessionsQuery>;
