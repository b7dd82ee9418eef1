import { randomUUID } from 'node:crypto';

/** A UUIDv7 (RFC 9562, section 5.7): 48 bits of Unix milliseconds, then random. Events are stored by the day in their id. */
export function uuidv7(at: number = Date.now()): string {
  const time = at.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
