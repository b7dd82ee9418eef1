import { AppError } from '@parley/dto';
import { isUuid } from '@parley/platform';
import type { PlacedCallRow } from './placed-call.entity.js';

const badPlace = () => new AppError('invalid', 'page.after', 'There is no such place in the list. Take the `next` of the page before as it is.');

/** A place in a list in the order of placing. */
export interface Place {
  placed: Date;
  id: string;
}

export const encodePlace = ({ placed, id }: Place): string => Buffer.from(`${placed.getTime()} ${id}`).toString('base64url');

/** @throws `page.after` */
export function decodePlace(text: string): Place {
  const [, ms, id = ''] = /^(\d{1,14}) (.+)$/.exec(Buffer.from(text, 'base64url').toString()) ?? [];
  if (ms === undefined || !isUuid(id)) throw badPlace();
  return { placed: new Date(Number(ms)), id };
}

/** Of rows that were asked for with one more than the page holds: the page, and where the next one begins. */
export function pageOfRows<Row extends PlacedCallRow>(rows: readonly Row[], limit: number): { items: Row[]; next: string | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last ? encodePlace(last) : null };
}
