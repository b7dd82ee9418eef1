import { type Adapter, type AdapterPayload, errors } from 'oidc-provider';
import type { RevocationsService } from '../revocations/revocations.service.js';
import { accessTokens, type ArtifactRow, type ArtifactsRepository, hashOf, nameOf } from './artifacts.repository.js';
import { currentVisit, type Visit } from '../engine/visit.js';

/** By what else than its id the engine looks for something. */
const lookupOf: Readonly<Record<string, (payload: AdapterPayload) => string | undefined>> = {
  Session: ({ uid }) => uid,
  DeviceCode: ({ userCode }) => userCode,
};

/** What they hold opens something: a session's cookie, a device's code. So they are stored sealed, and whole. */
const sealed = ['Session', 'Interaction', 'DeviceCode'];

/** The engine's storage of one model, in the transaction of the visit at hand. */
export class ArtifactAdapter implements Adapter {
  constructor(
    private readonly model: string,
    private readonly artifacts: ArtifactsRepository,
    private readonly revocations: RevocationsService,
  ) {}

  /** @param expiresIn seconds */
  async upsert(id: string, whole: AdapterPayload, expiresIn?: number): Promise<void> {
    if (expiresIn === undefined) throw new Error(`a ${this.model} without an end`);
    const visit = currentVisit();
    if (this.model === 'Session' && wantsLogout(whole)) return void (visit.isOver = true);
    const { jti: _jti, exp: _exp, ...payload } = whole;
    const { clientId, grantId } = payload;
    const accountId = personIn(payload);
    const secret = sealed.includes(this.model) ? JSON.stringify({ jti: id, ...payload }) : undefined;
    const lookup = lookupOf[this.model]?.(payload);
    const stored = this.artifacts.stored(this.key(id), { payload: secret === undefined ? payload : { accountId }, secret, lookup, clientId, grantId, expiresIn });
    if (visit.unwritten) visit.unwritten.set(nameOf(this.model, stored.idHash), stored);
    else await this.artifacts.write(visit, [stored]);
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    const { foreseen } = currentVisit();
    const name = nameOf(this.model, hashOf(id));
    const row = foreseen.get(name);
    foreseen.delete(name);
    return toPayload(row ?? (await this.artifacts.find(await this.settled(), this.key(id))), id);
  }

  /** The engine looks and then consumes; between the two somebody else may have. */
  async consume(id: string): Promise<void> {
    if (!(await this.artifacts.consume(await this.settled(), this.key(id)))) throw new errors.InvalidGrant('already used');
  }

  async destroy(id: string): Promise<void> {
    const visit = await this.settled();
    if (!accessTokens.includes(this.model)) return this.artifacts.remove(visit, this.key(id));
    visit.endedToken = id;
    await this.revocations.revokeToken(visit, id);
  }

  /** Asked for once per model; the first call ends them all. */
  async revokeByGrantId(grantId: string): Promise<void> {
    const visit = await this.settled();
    visit.endedGrant = grantId;
    await this.revocations.revokeGrant(visit, grantId);
  }

  findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.lookUp(uid);
  }

  async findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    const device = await this.lookUp(userCode);
    currentVisit().wrongUserCode = device === undefined;
    return device;
  }

  private async lookUp(lookup: string): Promise<AdapterPayload | undefined> {
    return toPayload(await this.artifacts.lookUp(await this.settled(), this.model, lookup));
  }

  /** The visit, when nothing is left unwritten that a statement about artifacts should see. */
  private async settled(): Promise<Visit> {
    const visit = currentVisit();
    const artifacts = visit.takeUnwritten();
    if (artifacts.length > 0) await this.artifacts.write(visit, artifacts);
    return visit;
  }

  private key(id: string): { model: string; id: string } {
    return { model: this.model, id };
  }
}

/** Somebody else has logged in while a person did: the engine would log that one out, on a page that it has not. The session stays as it is. */
const wantsLogout = ({ state }: AdapterPayload): boolean => state?.['postLogoutRedirectUri'] !== undefined;

/** Whose it is: with that user's tokens it ends. An interaction is whose login it waits to hand on. */
const personIn = ({ accountId, result, session }: AdapterPayload): string | undefined => accountId ?? result?.login?.accountId ?? session?.accountId;

/** `jti` is the id, hence not stored in the open. */
function toPayload(row: ArtifactRow | undefined, id?: string): AdapterPayload | undefined {
  return row && { ...(id === undefined ? {} : { jti: id }), ...row.payload, exp: row.exp, ...(row.consumed === null ? {} : { consumed: row.consumed }) };
}
