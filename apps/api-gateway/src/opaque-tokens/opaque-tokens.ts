import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { exchangeOpaqueToken } from '@parley/dto';
import { tokenInvalid } from '@parley/jwt';
import { RpcClient } from '@parley/rpc';
import { decodeProtectedHeader } from 'jose';

/** How long an exchanged token goes on being used: so long an opaque token works that was revoked, which must be over within a second. Milliseconds. */
const REMEMBER_MS = 800;
const REMEMBER_AT_MOST = 5_000;
/** No token of ours is longer. */
const MAX_LENGTH = 1024;

interface Exchanged {
  accessToken: Promise<string>;
  until: number;
}

/** Tells an opaque token from a JWT, by form alone. */
export function isOpaque(token: string): boolean {
  try {
    return decodeProtectedHeader(token).alg === undefined;
  } catch {
    return true;
  }
}

/** The operator's token and tokens of orgs: auth-service exchanges them for access tokens, which stay inside the system. */
@Injectable()
export class OpaqueTokens {
  /** By hash, in the order of insertion: the first is the oldest. */
  private readonly known = new Map<string, Exchanged>();

  constructor(private readonly rpc: RpcClient) {}

  /** @throws `token.invalid`; `unavailable` while auth-service can't be asked */
  exchange(token: string): Promise<string> {
    if (token.length > MAX_LENGTH) return Promise.reject(tokenInvalid());
    const hash = createHash('sha256').update(token).digest('base64url');
    const known = this.known.get(hash);
    if (known && known.until > Date.now()) return known.accessToken;
    const accessToken = this.rpc.call(exchangeOpaqueToken, { token }).then((reply) => reply.accessToken);
    this.remember(hash, { accessToken, until: Date.now() + REMEMBER_MS });
    accessToken.catch(() => this.known.delete(hash));
    return accessToken;
  }

  private remember(hash: string, exchanged: Exchanged): void {
    this.known.delete(hash);
    this.known.set(hash, exchanged);
    const oldest = this.known.keys().next();
    if (this.known.size > REMEMBER_AT_MOST && !oldest.done) this.known.delete(oldest.value);
  }
}
