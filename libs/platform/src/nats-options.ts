/** Options of every NATS connection in Parley. */
export interface NatsOptions {
  servers: string[];
  token?: string;
  user?: string;
  pass?: string;
  name?: string;
  maxReconnectAttempts: -1;
  waitOnFirstConnect: true;
  reconnectTimeWait: number;
  pingInterval: number;
  maxPingOut: number;
}

/**
 * Reads `nats://[token@|user:pass@]host:port[,...]`. With the client's own defaults a service goes deaf, or ends, after an
 * outage; these wait for ever, try four times a second and notice a dead server within 6 s.
 */
export function natsOptions(url: string, name?: string): NatsOptions {
  const urls = url.split(',').map((part) => new URL(part.trim()));
  const { username, password } = urls[0] ?? new URL('nats://127.0.0.1:4222');
  const credentials = password ? { user: decodeURIComponent(username), pass: decodeURIComponent(password) } : username ? { token: decodeURIComponent(username) } : {};
  return {
    servers: urls.map(({ host }) => host),
    ...credentials,
    ...(name ? { name } : {}),
    maxReconnectAttempts: -1,
    waitOnFirstConnect: true,
    reconnectTimeWait: 250,
    pingInterval: 2000,
    maxPingOut: 2,
  };
}
