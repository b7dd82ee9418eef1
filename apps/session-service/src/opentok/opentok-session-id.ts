import { randomInt } from 'node:crypto';
import type { OpentokMediaMode } from '@parley/dto';

interface Parts {
  clientId: string;
  mediaMode: OpentokMediaMode;
  location: string | null;
  created: Date;
}

/** What stands before the first underscore; clients only cut it off. */
const prefixes: Readonly<Record<OpentokMediaMode, string>> = { relayed: '1', routed: '2' };

/** A fraction, as the original has it, with 14 random digits in two halves. */
const fraction = (): string => `0.${[0, 0].map(() => String(randomInt(1e7)).padStart(7, '0')).join('')}`;

/** opentok.md, Session id. SDKs read the API key out of it. */
export function newOpentokSessionId({ clientId, mediaMode, location, created }: Parts, random = fraction()): string {
  const fields = ['1', clientId, location ?? '', created.getTime(), random, ''].join('~');
  return `${prefixes[mediaMode]}_${Buffer.from(fields).toString('base64url')}`;
}
