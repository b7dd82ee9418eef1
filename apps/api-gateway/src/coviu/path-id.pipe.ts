import type { PipeTransform } from '@nestjs/common';
import { notFound, type Thing } from './coviu.errors.js';

/** No id and no session name is longer, or holds control characters (PostgreSQL could not even compare some of them). */
// eslint-disable-next-line no-control-regex -- the rule is about control characters
export const isPossibleId = (text: string | undefined): text is string => /^[^\u0000-\u001f\u007f]{1,256}$/.test(text ?? '');

/** Lets an id of the path through if it could be there. */
export class PathId implements PipeTransform<string, string> {
  constructor(private readonly thing: Thing) {}

  transform(id: string): string {
    if (!isPossibleId(id)) throw notFound(this.thing);
    return id;
  }
}
