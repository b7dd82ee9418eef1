import { Injectable } from '@nestjs/common';
import { type ReplyOf, type Revocation, type listRevocations, type RequestOf, tokensRevoked } from '@parley/dto';
import { Database, type Tx } from '@parley/persistence';
import { Live } from '@parley/rpc';
import { ArtifactsRepository, type ArtifactsOf } from '../oauth-storage/artifacts.repository.js';
import { type LiveToken, RevocationsRepository, type TokenOwner } from './revocations.repository.js';

/** The transaction that revokes: what it undoes was never revoked, what it commits every gateway is told. */
export type Revoking = Pick<Tx, 'query' | 'afterCommit'>;

/** So many fit into one message. */
const TELL_AT_ONCE = 1_000;

/** Ends tokens before their time: refresh tokens and whatever else auth-service keeps at once, access tokens within a second. */
@Injectable()
export class RevocationsService {
  constructor(
    private readonly db: Database,
    private readonly revocations: RevocationsRepository,
    private readonly artifacts: ArtifactsRepository,
    private readonly live: Live,
  ) {}

  /** Everything that the client, the org or the user (by its `sub`) was given so far. What they are given from now on is good. */
  async revoke(tx: Revoking, { kind, key, orgId }: ArtifactsOf & { orgId: string }): Promise<void> {
    await this.artifacts.removeAllOf(tx, { kind, key });
    this.tellAfterCommit(tx, await this.revocations.insertOwner(tx, kind, { key, orgId }));
  }

  /** An authorization: every token of it, whatever its kind. */
  async revokeGrant(tx: Revoking, grantId: string): Promise<void> {
    await this.refuseTokens(tx, await this.artifacts.removeGrant(tx, grantId));
  }

  /** An access token, by its `jti`. */
  async revokeToken(tx: Revoking, jti: string): Promise<void> {
    await this.refuseTokens(tx, await this.artifacts.removeAccessToken(tx, jti));
  }

  /** See `RevocationsRepository.issuedAt`. */
  issuedAt(tx: Pick<Tx, 'query'>, owner: TokenOwner): Promise<number | undefined> {
    return this.revocations.issuedAt(tx, owner);
  }

  async list(request: RequestOf<typeof listRevocations>): Promise<ReplyOf<typeof listRevocations>> {
    const { asOf, rows, next } = await this.db.read((tx) => this.revocations.list(tx, request));
    return { asOf: asOf.toISOString(), revocations: rows.map(toDto), ...(next === undefined ? {} : { next }) };
  }

  private async refuseTokens(tx: Revoking, tokens: readonly LiveToken[]): Promise<void> {
    if (tokens.length > 0) this.tellAfterCommit(tx, await this.revocations.insertTokens(tx, tokens));
  }

  /** For speed only: the gateways ask as well. */
  private tellAfterCommit(tx: Revoking, rows: readonly Row[]): void {
    tx.afterCommit(() => {
      for (let from = 0; from < rows.length; from += TELL_AT_ONCE) {
        this.live.tell(tokensRevoked, { revocations: rows.slice(from, from + TELL_AT_ONCE).map(toDto) });
      }
    });
  }
}

type Row = Awaited<ReturnType<RevocationsRepository['insertTokens']>>[number];

const toDto = ({ kind, key, at, expiresAt }: Row): Revocation => ({ kind, key, at: at.toISOString(), expiresAt: expiresAt.toISOString() });
