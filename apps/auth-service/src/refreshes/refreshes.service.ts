import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '@parley/persistence';
import { byClient, recordAct } from '../audit/record-act.js';
import type { ApiClient } from '../clients/client.entity.js';
import { ArtifactsRepository, hashOf, type RefreshTokenState } from '../oauth/artifacts.repository.js';
import { GRANT_TTL } from '../oauth/engine-config.js';
import { EngineHolder } from '../oauth/engine-holder.js';
import type { Engine, EngineAnswer, TokenBody } from '../oauth/engine.js';
import { Visit } from '../oauth/visit.js';
import { refusedByEngine } from '../tokens/tokens.errors.js';
import { RefreshAnswersRepository } from './refresh-answers.repository.js';

/** An authenticated client and what it asks for. */
export interface Refresh {
  client: ApiClient;
  refreshToken: string;
  scope: string | undefined;
  /** RFC 9449, 4. */
  dpop: string | undefined;
}

type Hashed = Refresh & { tokenHash: string };

interface Kept {
  client: ApiClient;
  tokenHash: string;
  answer: TokenBody;
}

/** All refreshes of one authorization, one after the other. */
const grantLock = (grantId: string): string => `grant ${grantId}`;

/** The rules of refresh tokens (coviu.md, C1). The engine is strict, a second use ends the authorization; what softens it stands here. */
@Injectable()
export class RefreshesService {
  constructor(
    private readonly db: Database,
    private readonly engines: EngineHolder,
    private readonly artifacts: ArtifactsRepository,
    private readonly answers: RefreshAnswersRepository,
  ) {}

  /** One transaction: the rotation, and the answer for those who ask again. What the engine refuses it may also have revoked: that stays. */
  async refresh(request: Refresh): Promise<TokenBody> {
    const engine = await this.engines.get();
    const tokenHash = hashOf(request.refreshToken);
    const known = await this.db.read((tx) => this.artifacts.refreshTokenState(tx, request.client.id, tokenHash));
    const answer = await this.db.write(known ? [grantLock(known.grantId)] : [], (tx) => this.inTurn(tx, engine, { ...request, tokenHash }));
    if (!answer.ok) throw refusedByEngine(answer.error, answer.description);
    return answer.body;
  }

  private async inTurn(tx: Tx, engine: Engine, request: Hashed): Promise<EngineAnswer> {
    const { client, tokenHash } = request;
    const state = await this.artifacts.refreshTokenState(tx, client.id, tokenHash);
    if (!state) return rotate(tx, engine, request); // the engine says what is wrong with it
    const body = state.used ? await this.answers.find(tx, client, tokenHash) : undefined;
    if (body) return { ok: true, body };
    const answer = await (state.unusedSuccessor === null ? rotate(tx, engine, request) : this.rotateAgain(tx, engine, request));
    if (answer.ok) await this.keep(tx, state, { client, tokenHash, answer: answer.body });
    return answer;
  }

  /** Its successor was never used, so the answer got lost. A refusal is thrown, so that the token stays used. */
  private async rotateAgain(tx: Tx, engine: Engine, request: Hashed): Promise<EngineAnswer> {
    await this.artifacts.reopen(tx, request.tokenHash);
    const answer = await rotate(tx, engine, request);
    if (!answer.ok) throw refusedByEngine(answer.error, answer.description);
    return answer;
  }

  /** A successor that got lost stands behind the new one too: should it turn up after all, it is an old token like the other. */
  private async keep(tx: Tx, state: RefreshTokenState, { client, tokenHash, answer }: Kept): Promise<void> {
    const behind = state.unusedSuccessor === null ? [tokenHash] : [tokenHash, state.unusedSuccessor];
    await this.artifacts.succeed(tx, behind, hashOf(answer.refresh_token ?? ''));
    await this.artifacts.extendGrant(tx, state.grantId, GRANT_TTL);
    await this.answers.save(tx, client, { tokenHash, answer });
  }
}

/** The engine ends the authorization of a token that was used before. */
async function rotate(tx: Tx, engine: Engine, { client, refreshToken, scope, dpop }: Refresh): Promise<EngineAnswer> {
  const form: [string, string][] = [['grant_type', 'refresh_token'], ['refresh_token', refreshToken]];
  const visit = new Visit(tx, client);
  const answer = await engine.token(client, visit, { dpop, form: scope ? [...form, ['scope', scope]] : form });
  if (visit.endedGrant !== undefined) recordAct(tx, byClient(client), { orgId: client.orgId, act: 'refresh-token.replayed', target: { kind: 'client', id: client.id }, details: { grant: visit.endedGrant } });
  return answer;
}
