import { AsyncLocalStorage } from 'node:async_hooks';
import type { Query, Tx } from '@parley/persistence';
import type { ApiClient } from '../clients/client.entity.js';
import type { ArtifactRow, StoredArtifact } from '../oauth-storage/artifacts.repository.js';

/** One visit to the engine: the transaction in which it does all of its work, and the clients that it has met. */
export class Visit {
  /** What the engine ran into and answered with a mere `server_error`. */
  failure: Error | undefined;
  /** The authorization under which access tokens of this visit are issued, where the engine doesn't know it itself. */
  grantId: string | undefined;
  /** Whether there is no way to hand over a refresh token. */
  accessOnly = false;
  /** The authorization that the engine has ended: something of its was used twice, or its client gave it back. */
  endedGrant: string | undefined;
  /** The access token that the engine has ended, by its `jti`. */
  endedToken: string | undefined;
  /** Whether a person has typed a code that no device shows (RFC 8628, 5.1). */
  wrongUserCode = false;
  /** Whether the engine can't go on with this browser: somebody else has logged in meanwhile, or its session is not there. */
  isOver = false;
  /** What was read beforehand and the engine will ask for, by model and hash of its id. */
  readonly foreseen = new Map<string, ArtifactRow>();
  /** What the engine has stored for an authenticated client and nobody has written yet, likewise; whoever makes the visit writes it. Undefined: each is written at once. */
  readonly unwritten: Map<string, StoredArtifact> | undefined;
  private readonly clients = new Map<string, ApiClient>();
  private last: Promise<unknown> = Promise.resolve();

  /** @param authenticated the client that has shown who it is, if one has */
  constructor(
    private readonly tx: Tx,
    private readonly authenticated?: ApiClient,
  ) {
    if (authenticated) this.meet(authenticated);
    this.unwritten = authenticated && new Map();
  }

  isAuthenticated(clientId: string): boolean {
    return this.authenticated?.id === clientId;
  }

  meet(client: ApiClient): void {
    this.clients.set(client.id, client);
  }

  known(clientId: string): ApiClient | undefined {
    return this.clients.get(clientId);
  }

  /** A client that the engine has found. */
  client(clientId: string | undefined): ApiClient {
    const client = this.clients.get(clientId ?? '');
    if (!client) throw new Error('The engine works for a client that it did not ask for');
    return client;
  }

  takeUnwritten(): StoredArtifact[] {
    const taken = [...(this.unwritten?.values() ?? [])];
    this.unwritten?.clear();
    return taken;
  }

  /** One statement after the other: the engine asks several things at once, and a transaction has one connection. */
  readonly query: Query = <T>(sql: string, params?: unknown[]): Promise<T[]> => {
    const rows = this.last.then(() => this.tx.query<T>(sql, params));
    this.last = rows.catch(() => undefined);
    return rows;
  };

  afterCommit(work: () => void): void {
    this.tx.afterCommit(work);
  }
}

const storage = new AsyncLocalStorage<Visit>();

export const duringVisit = <T>(visit: Visit, work: () => T): T => storage.run(visit, work);

/** The engine's hooks have no parameter for it; outside a visit nothing of ours may be asked. */
export function currentVisit(): Visit {
  const visit = storage.getStore();
  if (!visit) throw new Error('The engine works inside a visit only');
  return visit;
}

/** Keeps the reason of a `server_error` for whoever made the visit. */
export function noteFailure(error: Error): void {
  const visit = storage.getStore();
  if (visit) visit.failure = error;
}
