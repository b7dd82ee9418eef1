import { Injectable } from '@nestjs/common';
import { readTokenCarriage } from '@parley/dto';
import { RpcClient } from '@parley/rpc';

/** How long an answer is believed: so long a switch that was turned off still lets tokens through. Milliseconds. */
const REMEMBER_MS = 500;
const REMEMBER_AT_MOST = 5_000;

interface Known {
  allowed: Promise<boolean>;
  until: number;
}

/** Which clients may send tokens in query strings and forms, which is auth-service's to know. Nobody is asked about who does not. */
@Injectable()
export class TokenCarriage {
  /** In the order of insertion: the first is the oldest. */
  private readonly known = new Map<string, Known>();

  constructor(private readonly rpc: RpcClient) {}

  /** @throws `unavailable` while auth-service can't be asked */
  isAllowed(clientId: string): Promise<boolean> {
    const known = this.known.get(clientId);
    if (known && known.until > Date.now()) return known.allowed;
    const allowed = this.rpc.call(readTokenCarriage, { clientId }).then(({ queryToken }) => queryToken);
    this.remember(clientId, { allowed, until: Date.now() + REMEMBER_MS });
    allowed.catch(() => this.known.delete(clientId));
    return allowed;
  }

  private remember(clientId: string, known: Known): void {
    this.known.delete(clientId);
    this.known.set(clientId, known);
    const oldest = this.known.keys().next();
    if (this.known.size > REMEMBER_AT_MOST && !oldest.done) this.known.delete(oldest.value);
  }
}
