import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '@parley/persistence';
import { recordReplay } from '../audit/record-act.js';
import { GRANT_TTL } from '../engine/engine-config.js';
import type { Engine, EngineAnswer, TokenBody } from '../engine/engine.js';
import { Visit } from '../engine/visit.js';
import { hashOf } from '../oauth-storage/artifacts.repository.js';
import { EngineHolder } from '../oauth/engine-holder.js';
import { refusedByEngine } from '../tokens/tokens.errors.js';
import { RefreshesRepository, type RefreshToken, type RefreshTokenState } from './refreshes.repository.js';

/** An authenticated client and what it asks for. */
export interface Refresh extends Pick<RefreshToken, 'client'> {
  refreshToken: string;
  scope: string | undefined;
  /** RFC 9449, 4. */
  dpop: string | undefined;
}

type Hashed = Refresh & RefreshToken;

/** One refresh, in its turn. */
interface Turn {
  tx: Tx;
  engine: Engine;
  visit: Visit;
}

/** The rules of refresh tokens (coviu.md, C1). The engine is strict, a second use ends the authorization; what softens it stands here. */
@Injectable()
export class RefreshesService {
  constructor(
    private readonly db: Database,
    private readonly engines: EngineHolder,
    private readonly refreshes: RefreshesRepository,
  ) {}

  /** One transaction: the rotation, and the answer for those who ask again. What the engine refuses it may also have revoked: that stays. */
  async refresh(asked: Refresh): Promise<TokenBody> {
    const engine = await this.engines.get();
    const request = { ...asked, tokenHash: hashOf(asked.refreshToken) };
    const inTurn = (tx: Tx): Promise<EngineAnswer> => {
      this.refreshes.lock(tx, request);
      return this.inTurn({ tx, engine, visit: new Visit(tx, request.client) }, request);
    };
    const answer = await this.db.write([], inTurn, { waitForLocks: false });
    if (!answer.ok) throw refusedByEngine(answer.error, answer.description);
    return answer.body;
  }

  private async inTurn(turn: Turn, request: Hashed): Promise<EngineAnswer> {
    const state = await this.refreshes.find(turn.tx, request);
    if (!state) return rotate(turn, request); // the engine says what is wrong with it
    if (state.used && state.answer) return { ok: true, body: state.answer };
    const answer = await (state.unusedSuccessor === null ? rotate(turn, request, state.artifacts) : this.rotateAgain(turn, request, state));
    if (answer.ok) this.keep(turn, request, { state, answer: answer.body });
    return answer;
  }

  /** Its successor was never used, so the answer got lost. A refusal is thrown, so that the token stays used. */
  private async rotateAgain(turn: Turn, request: Hashed, { artifacts }: RefreshTokenState): Promise<EngineAnswer> {
    await this.refreshes.reopen(turn.tx, request);
    const reopened = new Map([...artifacts].map(([name, row]) => [name, { ...row, consumed: null }]));
    const answer = await rotate(turn, request, reopened);
    if (!answer.ok) throw refusedByEngine(answer.error, answer.description);
    return answer;
  }

  /** A successor that got lost stands behind the new one too: should it turn up after all, it is an old token like the other. */
  private keep({ tx, visit }: Turn, request: Hashed, { state, answer }: { state: RefreshTokenState; answer: TokenBody }): void {
    const { grantHash, unusedSuccessor } = state;
    const behind = unusedSuccessor === null ? [request.tokenHash] : [request.tokenHash, unusedSuccessor];
    this.refreshes.keep(tx, request, { grantHash, behind, successor: hashOf(answer.refresh_token ?? ''), answer, artifacts: visit.takeUnwritten(), grantLife: GRANT_TTL });
  }
}

/** The engine ends the authorization of a token that was used before. */
async function rotate({ tx, engine, visit }: Turn, { client, refreshToken, scope, dpop }: Refresh, foreseen?: RefreshTokenState['artifacts']): Promise<EngineAnswer> {
  foreseen?.forEach((row, name) => visit.foreseen.set(name, row));
  const form: [string, string][] = [['grant_type', 'refresh_token'], ['refresh_token', refreshToken]];
  const answer = await engine.token(client, visit, { dpop, form: scope ? [...form, ['scope', scope]] : form });
  recordReplay(tx, client, 'refresh-token.replayed', visit.endedGrant);
  return answer;
}
