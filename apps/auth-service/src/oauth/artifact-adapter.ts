import { type Adapter, type AdapterPayload, errors } from 'oidc-provider';
import type { RevocationsService } from '../revocations/revocations.service.js';
import { accessTokens, type ArtifactsRepository } from './artifacts.repository.js';
import { currentExchange } from './exchange.js';

/** The engine's storage of one model, in the transaction of the exchange at hand. */
export class ArtifactAdapter implements Adapter {
  constructor(
    private readonly model: string,
    private readonly artifacts: ArtifactsRepository,
    private readonly revocations: RevocationsService,
  ) {}

  /** `jti` is the id, hence not stored; `exp` stands in a column, so that it can be moved. */
  async upsert(id: string, { jti: _jti, exp, ...payload }: AdapterPayload): Promise<void> {
    if (exp === undefined) throw new Error(`a ${this.model} without an end`);
    const { clientId, grantId } = payload;
    await this.artifacts.upsert(currentExchange(), this.key(id), { payload, clientId, grantId, expiresAt: exp });
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    const row = await this.artifacts.find(currentExchange(), this.key(id));
    if (!row) return undefined;
    return { ...row.payload, jti: id, exp: row.exp, ...(row.consumed === null ? {} : { consumed: row.consumed }) };
  }

  /** The engine looks and then consumes; between the two somebody else may have. */
  async consume(id: string): Promise<void> {
    if (!(await this.artifacts.consume(currentExchange(), this.key(id)))) throw new errors.InvalidGrant('already used');
  }

  async destroy(id: string): Promise<void> {
    if (accessTokens.includes(this.model)) return this.revocations.revokeToken(currentExchange(), id);
    await this.artifacts.remove(currentExchange(), this.key(id));
  }

  /** Asked for once per model; the first call ends them all. */
  async revokeByGrantId(grantId: string): Promise<void> {
    await this.revocations.revokeGrant(currentExchange(), grantId);
  }

  findByUid(): Promise<never> {
    return notUsed(this.model);
  }

  findByUserCode(): Promise<never> {
    return notUsed(this.model);
  }

  private key(id: string): { model: string; id: string } {
    return { model: this.model, id };
  }
}

/** Nothing that we have turned on asks for it. */
const notUsed = (model: string): Promise<never> => Promise.reject(new Error(`${model} is not looked up that way`));
