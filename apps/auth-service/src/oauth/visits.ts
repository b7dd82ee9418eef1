import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '@parley/persistence';
import type { Provider } from 'oidc-provider';
import type { ApiClient } from '../clients/client.entity.js';
import { ArtifactsRepository } from '../oauth-storage/artifacts.repository.js';
import { EngineHolder } from './engine-holder.js';
import type { Engine, EngineRequest, EngineResponse } from '../engine/engine.js';
import { Visit } from '../engine/visit.js';

export interface InVisit {
  /** The transaction in which all of it is stored, for what else belongs to it. */
  tx: Tx;
  visit: Visit;
  engine: Engine;
}

export interface AtWork extends InVisit {
  /** The engine's models: Session, Grant, AuthorizationCode, AccessToken, ... */
  provider: Provider;
}

interface OfClient {
  locks?: readonly string[];
  /** Whether there is no way to hand over a refresh token. */
  accessOnly?: boolean;
}

/** Each call is one transaction with the engine. Take the locks first, answer afterwards. */
@Injectable()
export class Visits {
  constructor(
    private readonly db: Database,
    private readonly engines: EngineHolder,
    private readonly artifacts: ArtifactsRepository,
  ) {}

  /** What an authenticated client asks for. All that the engine stores meanwhile is one statement, with COMMIT. */
  async asClient<T>(client: ApiClient, work: (at: InVisit) => Promise<T>, { locks = [], accessOnly = false }: OfClient = {}): Promise<T> {
    const engine = await this.engines.get();
    return this.db.write(locks, async (tx) => {
      const visit = Object.assign(new Visit(tx, client), { accessOnly });
      const done = await work({ tx, visit, engine });
      this.artifacts.send(tx, visit.takeUnwritten());
      return done;
    });
  }

  /** Work with the engine's models. */
  async work<T>(work: (at: AtWork) => Promise<T>, locks: readonly string[] = []): Promise<T> {
    const engine = await this.engines.get();
    return this.db.write(locks, (tx) => {
      const visit = new Visit(tx);
      return engine.during(visit, (provider) => work({ provider, tx, visit, engine }));
    });
  }

  /** A request to one of the engine's endpoints, as it is. */
  async ask(request: EngineRequest): Promise<EngineResponse & { visit: Visit }> {
    const engine = await this.engines.get();
    return this.db.write([], async (tx) => {
      const visit = new Visit(tx);
      return { ...(await engine.answer(visit, request)), visit };
    });
  }
}
