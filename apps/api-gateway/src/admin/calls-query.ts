import { CallState } from '@parley/dto';
import { z } from 'zod';
import { ListQuery, Whole } from './list-query.js';

/** Given once, and nothing that no row could hold. */
const Text = z.string('must be given once').min(1).max(256).regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not contain control characters');

/** Years beyond 9999 would not be written in the same form. */
const LAST = 253_402_300_799;
const Time = Whole.pipe(z.int().max(LAST, 'must be epoch seconds')).transform((seconds) => new Date(seconds * 1000).toISOString());

/** Which calls (click-to-call-calls.md, M1). Times in epoch seconds. */
export const CallsFilter = z.object({
  org: Text.optional(),
  username: Text.optional(),
  client: Text.optional(),
  number: Text.optional(),
  status: z.enum(['ongoing', 'ended'], 'must be ongoing or ended').optional(),
  state: z.enum(CallState.options, `must be one of ${CallState.options.join(', ')}`).optional(),
  from: Time.optional(),
  to: Time.optional(),
  format: z.enum(['json', 'csv', 'ndjson'], 'must be json, csv or ndjson').optional(),
});
export const CallsQuery = CallsFilter.extend(ListQuery.shape);
export type CallsQuery = z.output<typeof CallsQuery>;
