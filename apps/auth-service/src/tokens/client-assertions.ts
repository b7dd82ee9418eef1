import { Injectable } from '@nestjs/common';
import { Database } from '@parley/persistence';
import { createLocalJWKSet, type JWTPayload, jwtVerify } from 'jose';
import { z } from 'zod';
import type { ApiClient } from '../clients/client.entity.js';
import { ArtifactsRepository } from '../oauth-storage/artifacts.repository.js';
import { routes } from '../engine/routes.js';
import { onceId } from '../engine/token-rules.js';
import { Settings } from '../settings.module.js';

/** What a client may sign with. */
export const assertionAlgorithms = ['ES256', 'EdDSA', 'Ed25519', 'PS256', 'RS256'];

/** It is remembered until its end, so that must be near. Seconds. */
const LONGEST = 3600;
/** Clocks differ. Seconds. */
const TOLERANCE = 5;

/** One audience: an assertion that is good elsewhere too could be used by whoever is there. */
const Claims = z.object({ jti: z.string().min(1).max(256), exp: z.number(), aud: z.union([z.string(), z.tuple([z.string()])]) });

/** Where an assertion may be meant for; our issuer's name alone is the best choice. */
const endpoints = [routes.token, routes.introspection, routes.revocation, routes.pushed_authorization_request, routes.device_authorization];

/** Assertions of clients (RFC 7523, 3). */
@Injectable()
export class ClientAssertions {
  private readonly audiences: string[];

  constructor(
    private readonly db: Database,
    private readonly artifacts: ArtifactsRepository,
    { issuer }: Settings,
  ) {
    this.audiences = [issuer, ...endpoints.map((path) => issuer + path)];
  }

  /** It is the client's, for us and of now. Each is good once, on whichever copy: the row says so. */
  async isFresh(client: ApiClient, assertion: string): Promise<boolean> {
    const claims = Claims.safeParse(await signedBy(client, assertion, this.audiences));
    if (!claims.success) return false;
    const { jti, exp } = claims.data;
    const lives = Math.ceil(exp - Date.now() / 1000) + TOLERANCE;
    if (lives > LONGEST + TOLERANCE) return false;
    return this.db.write([], (tx) => this.artifacts.isFirst(tx, { model: 'ReplayDetection', id: onceId(client.id, jti) }, Math.max(1, lives)));
  }
}

async function signedBy({ id, jwks }: ApiClient, assertion: string, audience: string[]): Promise<JWTPayload | undefined> {
  if (jwks === null) return undefined;
  const options = { algorithms: assertionAlgorithms, issuer: id, subject: id, audience, clockTolerance: TOLERANCE, requiredClaims: ['exp', 'jti'] };
  return jwtVerify(assertion, createLocalJWKSet(jwks), options).then(
    ({ payload }) => payload,
    () => undefined,
  );
}
