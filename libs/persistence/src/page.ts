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

interface Keyed {
  page_key: number;
}

/** Where a page begins: after the element before it, or before the element behind it. */
type Cursor = { after: number } | { before: number };

const Cursor = z.union([z.strictObject({ after: z.int() }), z.strictObject({ before: z.int() })]);

const badCursor = () => new AppError('invalid', 'page.cursor', 'The cursor is not one of ours. Follow the links of a page as they are.');

const encodeCursor = (cursor: Cursor): string => Buffer.from(JSON.stringify(cursor)).toString('base64url');

function decodeCursor(text: string): Cursor {
  try {
    return Cursor.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch {
    throw badCursor();
  }
}

/**
 * One page of a list in the order of creation. The links hold cursors, so that walking costs the same at any depth, both ways,
 * and skips or repeats nothing when elements come and go; a page asked for by number alone is found by counting.
 */
export async function listPage<Row extends object, T>(
  db: { query: Query },
  spec: ListSpec,
  request: PageRequest,
  map: (row: Row) => T,
): Promise<PageOf<T>> {
  const found = await rowsOf<Row & Keyed>(db, spec, request);
  const { page, count } = request;
  const [first, last] = [found.items[0], found.items.at(-1)];
  if (!first || !last) return { items: [], page, count, ...(await lastPage(db, spec, request)) };
  return {
    items: found.items.map(map),
    page,
    count,
    ...(found.later ? { next: { page: page + 1, cursor: encodeCursor({ after: last.page_key }) } } : {}),
    ...(found.earlier && page > 0 ? { previous: { page: page - 1, cursor: encodeCursor({ before: first.page_key }) } } : {}),
  };
}

interface Found<Row> {
  items: Row[];
  earlier: boolean;
  later: boolean;
}

/** One element more than asked for says whether there is another page, without counting. */
async function rowsOf<Row extends Keyed>(db: { query: Query }, spec: ListSpec, { page, count, cursor }: PageRequest): Promise<Found<Row>> {
  const from = cursor === undefined ? undefined : decodeCursor(cursor);
  const [first, second] = [`$${spec.params.length + 1}`, `$${spec.params.length + 2}`];
  const read = (rest: string, bound: number) => db.query<Row>(`${listSql(spec)} ${rest}`, [...spec.params, bound, count + 1]);
  if (from && 'before' in from) {
    const rows = await read(`and ${spec.key} < ${first} order by page_key desc limit ${second}`, from.before);
    return { items: rows.slice(0, count).reverse(), earlier: rows.length > count, later: true };
  }
  const rows = from
    ? await read(`and ${spec.key} > ${first} order by page_key limit ${second}`, from.after)
    : await read(`order by page_key offset ${first} limit ${second}`, page * count);
  return { items: rows.slice(0, count), earlier: page > 0, later: rows.length > count };
}

const listSql = ({ select, from, where, key }: ListSpec): string => `select ${select}, ${key} as page_key from ${from} where (${where})`;

/** Past the end: where the list really ends. */
async function lastPage(db: { query: Query }, { from, where, params }: ListSpec, { page, count }: PageRequest): Promise<{ previous?: { page: number } }> {
  if (page === 0) return {};
  const [total] = await db.query<{ elements: number }>(`select count(*) as elements from ${from} where (${where})`, params);
  const elements = total?.elements ?? 0;
  return elements === 0 ? {} : { previous: { page: Math.min(page - 1, Math.ceil(elements / count) - 1) } };
}
