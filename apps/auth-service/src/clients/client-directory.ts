import { Injectable } from '@nestjs/common';
import { Database } from '@parley/persistence';
import { REQUEST_BUDGET_MS, requestIdFrom, withRequest } from '@parley/platform';
import { type ApiClient, isClientId } from './client.entity.js';
import { ClientsRepository } from './clients.repository.js';

/**
 * How long a client is believed to be what it was, its opened secrets included. Milliseconds. Every session entry and every token
 * asks for one, so PostgreSQL is asked at most twice a second for each. A disabled client or a rotated secret must take effect
 * everywhere within a second: that leaves half of it for the answer to come.
 */
const REMEMBER_MS = 500;
const REMEMBER_AT_MOST = 5_000;

interface Remembered {
  client: Promise<ApiClient | undefined>;
  until: number;
}

/** API clients by their api_key, as they are now, give or take half a second. */
@Injectable()
export class ClientDirectory {
  /** In the order of insertion: the first is the oldest. */
  private readonly known = new Map<string, Remembered>();

  constructor(
    private readonly db: Database,
    private readonly clients: ClientsRepository,
  ) {}

  /** Those who ask at once wait for one answer; that there is no such client is remembered too, so that guessing is cheap for us. */
  find(clientId: string): Promise<ApiClient | undefined> {
    if (!isClientId(clientId)) return Promise.resolve(undefined);
    const known = this.known.get(clientId);
    if (known && known.until > Date.now()) return known.client;
    const client = this.load(clientId);
    this.remember(clientId, { client, until: Date.now() + REMEMBER_MS });
    return client;
  }

  /** In a request of its own: the deadline of whoever happened to ask first must not be everybody's. */
  private load(clientId: string): Promise<ApiClient | undefined> {
    const request = { requestId: requestIdFrom(undefined), deadline: Date.now() + REQUEST_BUDGET_MS };
    const client = withRequest(request, () => this.db.read((tx) => this.clients.findWithSecrets(tx, clientId)));
    client.catch(() => this.known.delete(clientId));
    return client;
  }

  private remember(clientId: string, entry: Remembered): void {
    this.known.delete(clientId);
    this.known.set(clientId, entry);
    const oldest = this.known.keys().next();
    if (this.known.size > REMEMBER_AT_MOST && !oldest.done) this.known.delete(oldest.value);
  }
}
