import { createHash } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import { currentRequest } from '@parley/platform';

/** Somebody shows that he knows a secret, or fails to. */
export interface Guess {
  /** Which kind of secret: the same name may have one of each. */
  secret: 'client-secret' | 'password' | 'operator-token' | 'user-code';
  /** Whose secret it is said to be, as it was given: a client id, a username; nobody's, where the secret itself names it. */
  account: string;
  /** The client at which it is tried, as it was given. */
  client: string;
  /** The org of that client, where it is known: the audit log is kept for each org. */
  orgId?: string | undefined;
}

/** By what failures are counted. Hashes, because people type their password where their name belongs. */
export interface GuessKeys {
  account: string;
  address: string;
  client: string;
}

const hash = (...parts: string[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('base64url');

/** The address is the one of the request at hand. */
export const keysOf = ({ secret, account, client }: Guess): GuessKeys => ({
  account: hash(secret, client, account),
  address: networkOf(currentRequest()?.clientAddress ?? ''),
  client: hash('client', client),
});

/** Whoever has an IPv6 address has 2^64 of them (RFC 6177): they count as one. */
export function networkOf(address: string): string {
  const plain = address.replace(/%.*$/, '');
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain)?.[1];
  if (mapped && isIPv4(mapped)) return mapped;
  return isIPv6(plain) ? `${groupsOf(plain).slice(0, 4).join(':')}::/64` : plain.slice(0, 64);
}

/** All eight groups of an IPv6 address; `URL` writes every address in one way. */
function groupsOf(address: string): string[] {
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const [before, after] = [head, tail ?? ''].map((part) => part.split(':').filter(Boolean)) as [string[], string[]];
  return [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
}
