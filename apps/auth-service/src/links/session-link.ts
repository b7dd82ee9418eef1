import { type Hs256Token, readHs256 } from '@parley/jwt';

/** What a link says, before anybody has verified that its client said it. */
export interface SessionLink extends Hs256Token {
  /** `iss`: selects the secrets it may be signed with. */
  issuer: string;
}

/** Reads a JWT of a client, signed with HS256 and nothing else. Undefined for anything else. */
export function readLink(text: string): SessionLink | undefined {
  const token = readHs256(text);
  const issuer = token?.claims['iss'];
  return token && typeof issuer === 'string' ? { ...token, issuer } : undefined;
}
