import type { PipeTransform } from '@nestjs/common';
import { isPossibleId } from '../coviu/path-id.pipe.js';

/** An id of the path, or in its place one that nothing has: PostgreSQL could not even compare some of what people send. */
export class PathId implements PipeTransform<string, string> {
  transform(id: string): string {
    return isPossibleId(id) ? id : '-';
  }
}
