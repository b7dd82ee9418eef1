import type { Provider } from 'oidc-provider';
import { currentVisit } from './visit.js';

/** A browser that comes without a session is shown a form anew by the engine, which then fails to keep what it never made: such a visit is over. */
export function endWithoutSession(provider: Provider): void {
  const { prototype } = provider.Session;
  const persist = prototype.persist;
  prototype.persist = function (this: typeof prototype): Promise<string> {
    if (typeof this.exp === 'number') return persist.call(this);
    currentVisit().isOver = true;
    return Promise.resolve('');
  };
}
