import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { API_AUDIENCE } from '@parley/dto';
import { ActiveSigner } from '@parley/jwt';
import { Database } from '@parley/persistence';
import { Settings } from '../settings.module.js';

/** Seconds for which what an opaque token is exchanged for lives; it never leaves the system. */
export const LIFETIME = 60;

/** The claims by which such a token says whom it stands for, and its date. */
export interface Bearer {
  sub: string;
  org_id: string;
  scope: string;
  operator?: true;
  /** Epoch seconds. */
  iat: number;
}

/** Makes the access tokens that opaque ones are exchanged for. */
@Injectable()
export class ShortTokens {
  constructor(
    private readonly db: Database,
    private readonly signer: ActiveSigner,
    private readonly settings: Settings,
  ) {}

  async sign(bearer: Bearer): Promise<string> {
    const signer = await this.signer.get();
    return signer.sign({ ...bearer, client_id: bearer.sub, iss: this.settings.issuer, aud: API_AUDIENCE, jti: randomUUID(), exp: bearer.iat + LIFETIME });
  }

  /** Epoch seconds by the database's clock. */
  async now(): Promise<number> {
    const [clock] = await this.db.query<{ now: number }>('select floor(extract(epoch from parley_now()))::bigint as now');
    return clock?.now ?? 0;
  }
}
