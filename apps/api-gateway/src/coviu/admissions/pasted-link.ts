import { MAX_LINK_LENGTH } from '@parley/dto';
import { z } from 'zod';

/** A link as somebody pasted it: the JWT, or an address that ends with it. */
export const PastedLink = z.string().max(64 * 1024, 'must have at most 65536 characters').transform(linkIn);

/** What can't be a link at all becomes the empty one, which is refused like any that is malformed. */
export function linkIn(pasted: string): string {
  const text = pasted.trim();
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) || text.startsWith('/');
  const link = address ? decoded(text.replace(/[?#].*$/s, '').replace(/\/+$/, '').split('/').at(-1) ?? '') : text;
  return link.length > MAX_LINK_LENGTH ? '' : link;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return '';
  }
}
