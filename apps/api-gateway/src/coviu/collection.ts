import type { PageOf } from '@parley/dto';
import { type Link, linkTo, type Links, type Resource } from './hal.js';

export interface Collection {
  content: Resource[];
  _links: Links;
}

interface CollectionParts<T> {
  path: string;
  /** The cursor of this page, if it was reached by one. */
  cursor: string | undefined;
  /** What else the caller asked for, and must go on asking for. */
  filter?: Record<string, string | undefined>;
  item: (value: T) => Resource;
}

/** `next` and `previous` are absent where there is nothing: clients loop while the key is there. */
export function collection<T>({ items, page, count, next, previous }: PageOf<T>, { path, cursor, filter = {}, item }: CollectionParts<T>): Collection {
  const link = (to: { page: number; cursor?: string | undefined }): Link => {
    const query = new URLSearchParams({ page: String(to.page), count: String(count) });
    for (const [key, value] of Object.entries({ ...filter, cursor: to.cursor })) if (value !== undefined) query.set(key, value);
    return linkTo(`${path}?${query}`);
  };
  return {
    content: items.map(item),
    _links: { self: link({ page, cursor }), ...(next ? { next: link(next) } : {}), ...(previous ? { previous: link(previous) } : {}) },
  };
}
