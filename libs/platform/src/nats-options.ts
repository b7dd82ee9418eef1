import { readFileSync } from 'node:fs';
import { type Authenticator, nkeyAuthenticator } from '@nats-io/transport-node';

/** Options of every NATS connection in Parley. */
export interface NatsOptions {
  servers: string[];
  /** By the key of an identity; the server may then know what that identity may do. */
  authenticator?: Authenticator;
  /** Where answers arrive: in an inbox that nobody else may listen to. */
  inboxPrefix?: string;
  token?: string;
  user?: string;
  pass?: string;
  name?: string;
  maxReconnectAttempts: -1;
  /** A server that was too busy to let us in twice must not be the end. */
  ignoreAuthErrorAbort: true;
  waitOnFirstConnect: true;
  reconnectTimeWait: number;
  pingInterval: number;
  maxPingOut: number;
  /** Two errors with their stacks for each request, in case that it fails, cost more than the request. */
  noAsyncTraces: true;
}

/**
 * Reads `nats://[token@|user:pass@]host:port[,...][?identity=<file>[&events=<file>]]`; a file has one line, a name and the seed of an nkey. With
 * events one comes as the second, if there is one. With the client's own defaults a service goes deaf, or ends, after an outage; these wait
 * for ever, try four times a second and notice a dead server within 6 s.
 */
export function natsOptions(url: string, name?: string, purpose: 'identity' | 'events' = 'identity'): NatsOptions {
  const urls = url.split(',').map((part) => new URL(part.trim()));
  const { username, password, searchParams } = urls.at(-1) ?? new URL('nats://127.0.0.1:4222');
  const credentials = password ? { user: decodeURIComponent(username), pass: decodeURIComponent(password) } : username ? { token: decodeURIComponent(username) } : {};
  return {
    servers: urls.map(({ host }) => host),
    ...credentials,
    ...identity(searchParams.get(purpose) ?? searchParams.get('identity')),
    ...(name ? { name } : {}),
    maxReconnectAttempts: -1,
    ignoreAuthErrorAbort: true,
    waitOnFirstConnect: true,
    reconnectTimeWait: 250,
    pingInterval: 2000,
    maxPingOut: 2,
    noAsyncTraces: true,
  };
}

function identity(file: string | null): Pick<NatsOptions, 'authenticator' | 'inboxPrefix'> {
  if (file === null) return {};
  const [name = '', seed = ''] = readFileSync(file, 'utf8').trim().split(' ');
  return { authenticator: nkeyAuthenticator(new TextEncoder().encode(seed)), inboxPrefix: `_INBOX_${name}` };
}
