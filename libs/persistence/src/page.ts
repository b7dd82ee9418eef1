import { z } from 'zod';
import { AppError } from '@parley/dto';
import type { Query } from './transaction.js';

/** `page` counts from 0. `cursor` comes from a link of an earlier page and makes this one as cheap as the first. */
export interface PageRequest {
  page: number;
  count: number;
  cursor?: string | undefined;
}

export interface PageOf<T> {
  items: T[];
  page: number;
  count: number;
  /** Absent on the last page. */
  next?: { page: number; cursor: string };
  /** Absent on the first page; past the end: the last page that has elements. */
  previous?: { page: number; cursor?: string };
}

export interface ListSpec {
  /** Columns, with names in quotes where they are not plain lower case; `page_key` is taken. */
  select: string;
  from: string;
  /** The owner is in here, always. */
  where: string;
  params: unknown[];
  /** A unique bigint column in the order of creation, e.g. `s.id`. */
  key: string;
}

/** Where reading begins: so many elements in, after one, or before one. */
export type Place<Key> = { offset: number } | { after: Key } | { before: Key };

/** A list of any kind that can be read from any place. */
export interface PageSource<Key, Row> {
  /** What a cursor may hold. */
  key: z.ZodType<Key>;
  /** What no other element has, and all are ordered by. */
  keyOf(row: Row): Key;
  /** At most so many in their order; before one, the nearest first. */
  read(from: Place<Key>, limit: number): Promise<Row[]>;
  /** How many there are in all. */
  elements(): Promise<number>;
}

const badCursor = () => new AppError('invalid', 'page.cursor', 'The cursor is not one of ours. Follow the links of a page as they are.');

const encodeCursor = (cursor: object): string => Buffer.from(JSON.stringify(cursor)).toString('base64url');

function decodeCursor<Key>(key: z.ZodType<Key>, text: string): Place<Key> {
  const Cursor = z.union([z.strictObject({ after: key }), z.strictObject({ before: key })]);
  try {
    return Cursor.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch {
    throw badCursor();
  }
}

/** One page of a list in the order of creation, by `readPage`. */
export function listPage<Row extends object, T>(db: { query: Query }, spec: ListSpec, request: PageRequest, map: (row: Row) => T): Promise<PageOf<T>> {
  return readPage(tableSource<Row>(db, spec), request, map);
}

/**
 * One page of a list. The links hold cursors, so that walking costs the same at any depth, both ways, and skips or repeats nothing
 * when elements come and go; a page asked for by number alone is found by counting.
 */
export async function readPage<Key, Row, T>(source: PageSource<Key, Row>, request: PageRequest, map: (row: Row) => T): Promise<PageOf<T>> {
  const found = await rowsOf(source, request);
  const { page, count } = request;
  const [first, last] = [found.items[0], found.items.at(-1)];
  if (!first || !last) return { items: [], page, count, ...(await lastPage(source, request)) };
  return {
    items: found.items.map(map),
    page,
    count,
    ...(found.later ? { next: { page: page + 1, cursor: encodeCursor({ after: source.keyOf(last) }) } } : {}),
    ...(found.earlier && page > 0 ? { previous: { page: page - 1, cursor: encodeCursor({ before: source.keyOf(first) }) } } : {}),
  };
}

interface Found<Row> {
  items: Row[];
  earlier: boolean;
  later: boolean;
}

/** One element more than asked for says whether there is another page, without counting. */
async function rowsOf<Key, Row>(source: PageSource<Key, Row>, { page, count, cursor }: PageRequest): Promise<Found<Row>> {
  const from = cursor === undefined ? { offset: page * count } : decodeCursor(source.key, cursor);
  const rows = await source.read(from, count + 1);
  const [items, isMore] = [rows.slice(0, count), rows.length > count];
  return 'before' in from ? { items: items.reverse(), earlier: isMore, later: true } : { items, earlier: page > 0, later: isMore };
}

/** Past the end: where the list really ends. */
async function lastPage(source: { elements(): Promise<number> }, { page, count }: PageRequest): Promise<{ previous?: { page: number } }> {
  const elements = page === 0 ? 0 : await source.elements();
  return elements === 0 ? {} : { previous: { page: Math.min(page - 1, Math.ceil(elements / count) - 1) } };
}

interface Keyed {
  page_key: number;
}

/** The rows of a table, or of several. */
function tableSource<Row extends object>(db: { query: Query }, { select, from, where, params, key }: ListSpec): PageSource<number, Row & Keyed> {
  const [bound, most] = [`$${params.length + 1}`, `$${params.length + 2}`];
  const read = (rest: string, at: number, limit: number) => db.query<Row & Keyed>(`select ${select}, ${key} as page_key from ${from} where (${where}) ${rest}`, [...params, at, limit]);
  return {
    key: z.int(),
    keyOf: ({ page_key }) => page_key,
    read: (place, limit) => {
      if ('before' in place) return read(`and ${key} < ${bound} order by page_key desc limit ${most}`, place.before, limit);
      if ('after' in place) return read(`and ${key} > ${bound} order by page_key limit ${most}`, place.after, limit);
      return read(`order by page_key offset ${bound} limit ${most}`, place.offset, limit);
    },
    elements: async () => (await db.query<{ elements: number }>(`select count(*) as elements from ${from} where (${where})`, params))[0]?.elements ?? 0,
  };
}
