import { createHmac } from 'node:crypto';
import type { OrgCredentials } from './demo-data.js';

export interface LinkWishes {
  ref: string;
  sid: string;
  name: string;
  role: 'owner' | 'guest';
}

/** A session link as a customer's server signs it, good for an hour. */
export function sessionLink(baseUrl: string, { apiKey, apiKeySecret }: OrgCredentials, wishes: LinkWishes): string {
  const iat = Math.floor(Date.now() / 1000);
  const email = wishes.role === 'owner' ? { email: `${wishes.ref}@example.com` } : {};
  const claims = { iss: apiKey, un: wishes.name, ref: wishes.ref, sid: wishes.sid, rle: wishes.role, ...email, iat, exp: iat + 3600 };
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  const signature = createHmac('sha256', apiKeySecret).update(signed).digest('base64url');
  return `${baseUrl}/v1/session/${signed}.${signature}`;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
