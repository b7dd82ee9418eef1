import type { PipeTransform } from '@nestjs/common';
import { WITHOUT_CONTROLS } from '@parley/dto';
import { notFound, type Thing } from './coviu.errors.js';

/** No id and no session name is longer, or holds control characters (PostgreSQL could not even compare some of them). */
export const isPossibleId = (text: string | undefined): text is string => !!text && text.length <= 256 && WITHOUT_CONTROLS.test(text);

/** Lets an id of the path through if it could be there. */
export class PathId implements PipeTransform<string, string> {
  constructor(private readonly thing: Thing) {}

  transform(id: string): string {
    if (!isPossibleId(id)) throw notFound(this.thing);
    return id;
  }
}
