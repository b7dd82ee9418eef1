import type { PipeTransform } from '@nestjs/common';
import { invalidInput } from '@parley/dto';
import type { z } from 'zod';

/** Lets a body or a query string through in the shape of the schema, fields that it does not know left out. */
export class InShape<Schema extends z.ZodType> implements PipeTransform<unknown, z.output<Schema>> {
  constructor(private readonly schema: Schema) {}

  /** @throws `request.invalid`, which names every fault */
  transform(value: unknown): z.output<Schema> {
    const parsed = this.schema.safeParse(value);
    if (parsed.success) return parsed.data;
    throw invalidInput(parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })));
  }
}
