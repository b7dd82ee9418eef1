import { autoEndInvalid, numberInvalid } from './placing.errors.js';

const MAX_NUMBER = 20;

/** Counted in characters, not in bytes; none is a control character, half of one, or none at all. */
const isNumber = (value: unknown): value is string => typeof value === 'string' && /^[^\p{Cc}\p{Cs}\p{Cn}]+$/u.test(value) && [...value].length <= MAX_NUMBER;

/** Whom to call (click-to-call.md, POST). @throws `call.number` */
export function numberOf(value: unknown): string {
  if (!isNumber(value)) throw numberInvalid(MAX_NUMBER);
  return value;
}

/** Whether people who have left end the call; as a form says it, too. @throws `call.auto_end` */
export function autoEndOf(value: unknown): boolean {
  if (value === undefined) return false;
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw autoEndInvalid();
}
