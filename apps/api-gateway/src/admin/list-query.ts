import { Query } from '@nestjs/common';
import { ListPage } from '@parley/dto';
import { z } from 'zod';
import { InShape } from '../http/in-shape.pipe.js';

/** Digits, once: a parameter that is given twice arrives as a list. */
export const Whole = z.string('must be given once').regex(/^\d{1,15}$/, 'must be a whole number').transform(Number);

/** `limit` and `after` as a query string has them. A limit beyond the largest becomes that. */
export const ListQuery = z.object({
  limit: Whole.transform((limit) => Math.min(limit, 200))
    .pipe(z.int().min(1, 'must be at least 1'))
    .optional(),
  after: z.string('must be given once').min(1).max(256).optional(),
});
export type ListQuery = z.output<typeof ListQuery>;

/** The page that the query string asks for. */
export const Listed = (): ParameterDecorator => Query(new InShape(ListQuery.pipe(ListPage)));
