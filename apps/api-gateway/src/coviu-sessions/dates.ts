import { z } from 'zod';

/** A point in time, and whether it was written as RFC 1123 has it. */
export interface Dated {
  /** ISO 8601, UTC, milliseconds. */
  at: string;
  rfc1123: boolean;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** RFC 1123, 5.2.14; PHP writes `+0000` for GMT. */
const RFC1123 = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?<day>\d{1,2}) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) (?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d) (?<zone>GMT|UTC|[+-]\d{4})$/;

/** ISO 8601 with a zone; some clients write it without a colon. */
const ISO = /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)T(?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)(?:\.(?<fraction>\d{1,9}))?)?(?<zone>Z|[+-]\d\d:?\d\d)$/;

/** Undefined for what is no date of a calendar in one of the two forms. */
export function readDate(text: string): Dated | undefined {
  const rfc = RFC1123.exec(text)?.groups;
  const parts = rfc ?? ISO.exec(text)?.groups;
  if (!parts) return undefined;
  const month = rfc ? months.indexOf(parts['month'] ?? '') : Number(parts['month']) - 1;
  const at = instantOf(parts, month);
  return at && { at: at.toISOString(), rfc1123: rfc !== undefined };
}

/** As the client that planned the session reads it. */
export const writeDate = (instant: string, rfc1123: boolean): string => (rfc1123 ? new Date(instant).toUTCString() : new Date(instant).toISOString());

/** A date in a body or a query. */
export const DateText = z.string('must be a date').transform((text, context): Dated => {
  const date = readDate(text);
  if (date) return date;
  context.addIssue({ code: 'custom', message: 'must be a date as RFC 1123 or ISO 8601 has it, with its time zone' });
  return z.NEVER;
});

/** A day or an hour that the calendar does not have would become another: such a date is none. */
function instantOf({ year, day, hour, minute, second = '0', fraction = '', zone = '' }: Record<string, string>, month: number): Date | undefined {
  const wanted = [Number(year), month, Number(day), Number(hour), Number(minute), Number(second)] as const;
  const local = new Date(Date.UTC(...wanted, Number(fraction.slice(0, 3).padEnd(3, '0'))));
  const found = [local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate(), local.getUTCHours(), local.getUTCMinutes(), local.getUTCSeconds()];
  if (found.some((part, index) => part !== wanted[index])) return undefined;
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(zone) ?? [];
  const ahead = sign === undefined ? 0 : Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes));
  const at = new Date(local.getTime() - ahead * 60_000);
  return at.getTime() >= 0 ? at : undefined;
}
