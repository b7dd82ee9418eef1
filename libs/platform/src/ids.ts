import { randomUUID } from 'node:crypto';

const REQUEST_ID = /^[\w.:-]{8,128}$/;

/** The caller's request id if it is well-formed, else a new one (so that nothing strange gets into logs and headers). Node draws the randomness of many UUIDs at once. */
export const requestIdFrom = (given: unknown): string =>
  typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether PostgreSQL would take the text for a uuid in its usual form; anything else can't be the id of anything. */
export const isUuid = (text: string): boolean => UUID.test(text);
