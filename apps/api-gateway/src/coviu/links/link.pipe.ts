import { Injectable, type PipeTransform } from '@nestjs/common';
import { MAX_LINK_LENGTH } from '@parley/dto';
import { linkInvalid } from '../coviu.errors.js';

/** A link that is too long is answered like any that is malformed. */
@Injectable()
export class LinkPipe implements PipeTransform<string, string> {
  transform(link: string): string {
    if (link.length > MAX_LINK_LENGTH) throw linkInvalid();
    return link;
  }
}
