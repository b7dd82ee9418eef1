import type { CallAuthorization } from './call-authorization.js';

/** Seconds for which a token of a call lives (click-to-call.md). */
export const CALL_TOKEN_TTL = 3600;

type Back = Pick<CallAuthorization, 'redirectUri' | 'state'>;
type Pairs = readonly (readonly [name: string, value: string | number])[];

/** Back to the application with a code. RFC 9207's `iss` is not part of this flow. */
export const withCode = (to: Back, code: string): string => inQuery(to.redirectUri, [['code', code], ...stateOf(to)]);

/** Back with a token, in the order that the contract has. */
export const withToken = (to: Back, token: string): string => inFragment(to.redirectUri, [['access_token', token], ['token_type', 'Bearer'], ['expires_in', CALL_TOKEN_TTL], ...stateOf(to)]);

/** The query too, for a client whose `queryToken` is on: a server reads no fragment. */
export const withTokenInQuery = (to: Back, token: string): string =>
  withToken({ ...to, redirectUri: inQuery(to.redirectUri, [['access_token', token], ['expires_in', CALL_TOKEN_TTL], ['token_type', 'Bearer'], ...stateOf(to)]) }, token);

/** The person said no (RFC 6749, 4.1.2.1 and 4.2.2.1). */
export function withDenial(to: Back & Pick<CallAuthorization, 'responseType'>): string {
  const pairs: Pairs = [['error', 'access_denied'], ...stateOf(to)];
  return to.responseType === 'token' ? inFragment(to.redirectUri, pairs) : inQuery(to.redirectUri, pairs);
}

const stateOf = ({ state }: Back): Pairs => (state === undefined ? [] : [['state', state]]);

/** The registered address stays as it was written, unless a header can't hold it. */
const inQuery = (address: string, pairs: Pairs): string => `${ascii(address)}${address.includes('?') ? '&' : '?'}${encoded(pairs)}`;
const inFragment = (address: string, pairs: Pairs): string => `${ascii(address)}#${encoded(pairs)}`;

const encoded = (pairs: Pairs): string => pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
const ascii = (address: string): string => (/^[\x21-\x7e]+$/.test(address) ? address : new URL(address).href);
