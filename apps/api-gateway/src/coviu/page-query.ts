import { Query } from '@nestjs/common';
import { MAX_PAGE_COUNT } from '@parley/dto';
import { z } from 'zod';
import { InShape } from '../http/in-shape.pipe.js';

/** A parameter that is given twice arrives as a list, and is refused with everything else that is not digits. */
const Whole = z.string('must be given once').regex(/^\d+$/, 'must be a whole number of 0 or more').transform(Number);

/** A `count` beyond the largest is no fault: it becomes that. */
export const PageQuery = z.object({
  page: Whole.pipe(z.int('is too large')).default(0),
  count: Whole.transform((count) => Math.min(count, MAX_PAGE_COUNT))
    .pipe(z.int().min(1, 'must be at least 1'))
    .default(MAX_PAGE_COUNT),
  cursor: z.string('must be given once').min(1).max(256).optional(),
});
export type PageQuery = z.output<typeof PageQuery>;

/** The page that the query string asks for. */
export const Page = (): ParameterDecorator => Query(new InShape(PageQuery));
