import { randomInt } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import {
  type createSdkOpentokSession, type NewOpentokSession, opentokSessionCreated, type OpentokSessionDto, type OpentokTokenIssued, opentokTokenIssued, type OpentokTokenWanted, type RequestOf,
} from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Database, uuidv7 } from '@parley/persistence';
import { noteOrg } from '@parley/platform';
import { isServerAuth } from './opentok-claims.js';
import { newOpentokSessionId } from './opentok-session-id.js';
import { anonymousRefused, opentokAuth, opentokExpiresAt } from './opentok.errors.js';
import { OpentokSigners } from './opentok-signers.js';
import { OpentokRepository, type OpentokSessionRow } from './opentok.repository.js';
import { OPENTOK_SETTINGS, type OpentokSettings } from './opentok.settings.js';

/** For whom sessions and tokens are made. */
interface Maker {
  orgId: string;
  /** Null: whichever client signs for the org. */
  clientId: string | null;
  anonymous: boolean;
}

const DAY_S = 86_400;
/** opentok.md: how far ahead a token may end. */
const MAX_AHEAD_S = 30 * DAY_S;

/** OpenTok sessions and the tokens that clients connect with. */
@Injectable()
export class OpentokService {
  constructor(
    private readonly db: Database,
    private readonly signers: OpentokSigners,
    private readonly sessions: OpentokRepository,
    @Inject(OPENTOK_SETTINGS) private readonly settings: OpentokSettings,
  ) {}

  create(actor: Actor, wanted: NewOpentokSession): Promise<OpentokSessionDto> {
    return this.createFor(ofActor(actor), wanted);
  }

  /** Nobody gets a second name of a session of the org without saying who they are: its tokens would lead into it. */
  createPublic(wanted: NewOpentokSession): Promise<OpentokSessionDto> {
    if (wanted.sid !== undefined) throw anonymousRefused();
    return this.createFor(this.anybody(), wanted);
  }

  async createForSdk({ auth, ...wanted }: RequestOf<typeof createSdkOpentokSession>): Promise<OpentokSessionDto> {
    const { orgId, clientId, active, claims } = await this.signers.verifyJwt(auth).catch(refuseAuth);
    noteOrg(orgId);
    if (!active || !isServerAuth(claims, await this.sessions.now(this.db))) throw opentokAuth();
    return this.createFor({ orgId, clientId, anonymous: false }, wanted);
  }

  issue(actor: Actor, wanted: OpentokTokenWanted): Promise<OpentokTokenIssued> {
    return this.issueFor(ofActor(actor), wanted);
  }

  issuePublic(wanted: OpentokTokenWanted): Promise<OpentokTokenIssued> {
    return this.issueFor(this.anybody(), wanted);
  }

  /** @throws `token.missing` unless the operator named an org for that */
  private anybody(): Maker {
    const { publicOrgId } = this.settings;
    if (publicOrgId === undefined) throw anonymousRefused();
    noteOrg(publicOrgId);
    return { orgId: publicOrgId, clientId: null, anonymous: true };
  }

  private async createFor(maker: Maker, { mediaMode, location, sid }: NewOpentokSession): Promise<OpentokSessionDto> {
    const { orgId, anonymous } = maker;
    const { clientId } = await this.signers.find(maker);
    return this.db.write([], async (tx) => {
      const created = await this.sessions.now(tx);
      const id = newOpentokSessionId({ clientId, mediaMode, location, created });
      const row: OpentokSessionRow = { id, orgId, clientId, sid: sid ?? id, mediaMode, location, created };
      await this.sessions.insert(tx, row);
      const data = { opentokSessionId: id, sid: row.sid, clientId, mediaMode, anonymous };
      tx.emit(opentokSessionCreated, { aggregate: `opentok-session/${id}`, sequence: 1, orgId, data });
      return { opentokSessionId: id, clientId, mediaMode, location, createdAt: created.toISOString() };
    });
  }

  /** Told before it is given away. */
  private async issueFor(maker: Maker, { opentokSessionId, role, expiresAt, data }: OpentokTokenWanted): Promise<OpentokTokenIssued> {
    const { orgId, anonymous } = maker;
    const session = await this.sessions.get(this.db, orgId, opentokSessionId);
    const now = Math.floor(session.now.getTime() / 1000);
    const end = expiresAt ?? now + DAY_S;
    if (end <= now || end > now + MAX_AHEAD_S) throw opentokExpiresAt();
    const fields = { session_id: opentokSessionId, create_time: now, nonce: newNonce(), role, expire_time: end, initial_layout_class_list: '', ...(data ? { connection_data: data } : {}) };
    const { token, clientId } = await this.signers.sign({ orgId, clientId: maker.clientId, format: this.settings.tokenFormat, fields });
    return this.db.write([], (tx) => {
      const told = { opentokSessionId, sid: session.sid, clientId, role, expiresAt: new Date(end * 1000).toISOString(), anonymous };
      tx.emit(opentokTokenIssued, { aggregate: `opentok-token/${uuidv7()}`, sequence: 1, orgId, data: told });
      return Promise.resolve({ token, role, expiresAt: end, data });
    });
  }
}

const ofActor = ({ orgId, clientId }: Actor): Maker => ({ orgId, clientId, anonymous: false });

/** Each token is one person, so this is who connects with it: 93 random bits in a form that every client takes for a number's digits. */
const newNonce = (): string => `0.${[0, 0, 0, 0].map(() => String(randomInt(1e7)).padStart(7, '0')).join('')}`;

function refuseAuth(error: unknown): never {
  if ((error as { kind?: unknown }).kind === 'unauthenticated') throw opentokAuth();
  throw error;
}
