import { createHmac, timingSafeEqual } from 'node:crypto';
import type { OpentokTokenFields } from '@parley/dto';

const SENTINEL = 'T1==';

/** What a T1 says, before anybody has verified that its client said it. */
export interface T1 {
  /** The API key: selects the secrets it may be signed with. */
  partnerId: string;
  fields: Record<string, string>;
  signed: string;
  signature: string;
}

const signatureOf = (data: string, secret: string): string => createHmac('sha1', secret).update(data).digest('hex');

/** opentok.md, Token: the fields in their order, percent-encoded, so that the first colon is the one that separates. */
export function encodeT1({ clientId, secret }: { clientId: string; secret: string }, { connection_data, initial_layout_class_list, ...fields }: OpentokTokenFields): string {
  const { session_id, create_time, nonce, role, expire_time } = fields;
  const ordered = {
    ...{ session_id, create_time, nonce, role, expire_time },
    ...(connection_data === undefined ? {} : { connection_data }),
    ...{ initial_layout_class_list, scope: 'session.connect' },
  };
  const data = Object.entries(ordered).map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&');
  return SENTINEL + Buffer.from(`partner_id=${clientId}&sig=${signatureOf(data, secret)}:${data}`).toString('base64');
}

/** Undefined for whatever is no T1, or could be understood in two ways: other base64 of the same bytes, a field that is there twice. */
export function readT1(token: string): T1 | undefined {
  if (!token.startsWith(SENTINEL)) return undefined;
  const bytes = Buffer.from(token.slice(SENTINEL.length), 'base64');
  if (SENTINEL + bytes.toString('base64') !== token) return undefined;
  const text = bytes.toString('latin1');
  const [, partnerId, signature, signed] = /^partner_id=([\w-]{1,64})&sig=([\da-f]{40}):([\x21-\x7e]*)$/.exec(text) ?? [];
  const fields = readFields(signed);
  return partnerId !== undefined && signature !== undefined && signed !== undefined && fields ? { partnerId, signature, signed, fields } : undefined;
}

/** Whether one of the secrets signed it; all of them are tried, each in a time that says nothing of how much was right. */
export function isSignedWith({ signed, signature }: T1, secrets: readonly string[]): boolean {
  const given = Buffer.from(signature);
  return secrets.filter((secret) => timingSafeEqual(given, Buffer.from(signatureOf(signed, secret)))).length > 0;
}

/** A query string without blanks, each key once. */
function readFields(signed = ''): Record<string, string> | undefined {
  const fields = [...new URLSearchParams(signed)];
  const unique = new Map(fields);
  return fields.length > 0 && unique.size === fields.length ? Object.fromEntries(unique) : undefined;
}
