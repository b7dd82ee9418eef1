import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '@parley/persistence';
import type { Provider } from 'oidc-provider';
import { EngineHolder } from './engine-holder.js';
import type { Engine, EngineRequest, EngineResponse } from './engine.js';
import { Visit } from './visit.js';

export interface AtWork {
  /** The engine's models: Session, Grant, AuthorizationCode, AccessToken, ... */
  provider: Provider;
  /** The transaction in which they are stored, for what else belongs to it. */
  tx: Tx;
  visit: Visit;
  engine: Engine;
}

/** Each call is one transaction with the engine. Take the locks first, answer afterwards. */
@Injectable()
export class Visits {
  constructor(
    private readonly db: Database,
    private readonly engines: EngineHolder,
  ) {}

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
