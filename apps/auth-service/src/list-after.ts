import { AppError, type ListOf, type ListPage } from '@parley/dto';
import type { ReadTx } from '@parley/persistence';

interface ListSpec {
  /** Of a table with an `ordinal`; the last condition must be open for one more. */
  sql: string;
  params: unknown[];
}

const badPlace = () => new AppError('invalid', 'page.after', 'There is no such place in the list. Take the `next` of the page before as it is.');

/** One page by key: it costs the same at any depth, and skips or repeats nothing when elements come and go. */
export async function listAfter<Row extends { ordinal: number }, T>(tx: ReadTx, { sql, params }: ListSpec, { limit, after }: ListPage, map: (row: Row) => T): Promise<ListOf<T>> {
  const [place, count] = [`$${params.length + 1}`, `$${params.length + 2}`];
  const found = await tx.query<Row>(`${sql} and ordinal > ${place} order by ordinal limit ${count}`, [...params, after === undefined ? 0 : decode(after), limit + 1]);
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items: items.map(map), next: found.length > limit && last ? encode(last.ordinal) : null };
}

const encode = (ordinal: number): string => Buffer.from(`after ${ordinal}`).toString('base64url');

function decode(text: string): number {
  const digits = /^after (\d{1,15})$/.exec(Buffer.from(text, 'base64url').toString())?.[1];
  if (!digits) throw badPlace();
  return Number(digits);
}
